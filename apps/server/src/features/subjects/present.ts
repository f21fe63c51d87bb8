import type { SubjectFact } from "@cairn/ledger";
import type { EventSpan, KnownFact } from "@cairn/search";
import { shownTime } from "../../access/change-log.ts";
import { groupTimes } from "../../subjects/group-times.ts";

/** What is known of one person: from events, and from what was said. */
export interface Known {
  readonly ref: string;
  readonly facts: readonly KnownFact[];
  /** Oldest first. */
  readonly said: readonly SubjectFact[];
  /** Other references of the same person. */
  readonly sameAs: readonly string[];
}

/** What a person is called now: as was said last, else as the newest event says. */
export function nameNow({ facts, said }: Known): string | null {
  for (const { statement } of said.toReversed()) if (statement.kind === "name") return statement.name;
  const names = facts.filter(({ kind }) => kind === "name").toSorted((a, b) => a.seenMs - b.seenMs);
  return names.at(-1)?.value ?? null;
}

/** A line of the list of people. */
export function presentLine(known: Known): object {
  const groups = groupTimes(known.said).at(-1)?.groups ?? [];
  return {
    ...{ ref: known.ref, name: nameNow(known), identifiers: identifiersOf(known), groups },
    same_as: known.sameAs,
  };
}

/** What is told of one person beside what is known. */
export interface AboutSubject {
  readonly events: EventSpan;
  readonly isForgotten: boolean;
  /** Nothing is beyond a wall, so that times and former names may be told. */
  readonly isWhole: boolean;
  /** The same person under other references. */
  readonly others: readonly Known[];
}

/** One person. */
export function presentSubject(known: Known, { events, isForgotten, isWhole, others }: AboutSubject): object {
  const names = namesOf(known);
  const now = nameNow(known);
  return {
    ref: known.ref,
    name: now,
    is_forgotten: isForgotten,
    names: isWhole ? names : names.filter(({ value }) => value === now).map((each) => ({ ...each, since: null })),
    identifiers: identifiersOf(known),
    groups: groupTimes(known.said)
      .filter(({ untilMs }) => isWhole || untilMs === undefined)
      .map(({ groups, fromMs, untilMs }) => ({
        groups,
        since: isWhole ? shownTime(fromMs) : null,
        until: shownTime(untilMs),
      })),
    same_as: others.map((each) => ({ ref: each.ref, name: nameNow(each), identifiers: identifiersOf(each) })),
    event_count: events.count,
    first_seen_at: shownTime(events.span?.firstMs),
    last_seen_at: shownTime(events.span?.lastMs),
  };
}

interface ShownName {
  readonly value: string;
  readonly since: string | null;
  readonly source: "directory" | "events";
}

/** Every name, by when it was first heard; what was said through the directory stands in the index, too. */
function namesOf({ facts, said }: Known): ShownName[] {
  const own = said.flatMap(({ statement, fromMs }) =>
    statement.kind === "name" ? [{ value: statement.name, fromMs, source: "directory" as const }] : [],
  );
  const isOwn = (value: string) => own.some((each) => each.value === value);
  const heard = facts.flatMap(({ kind, value, firstMs }) =>
    kind === "name" && !isOwn(value) ? [{ value, fromMs: firstMs, source: "events" as const }] : [],
  );
  return [...own, ...heard]
    .toSorted((a, b) => a.fromMs - b.fromMs)
    .map(({ value, fromMs, source }) => ({ value, since: shownTime(fromMs), source }));
}

/** Identifiers: with their namespace where it was said, else as events carry them. */
function identifiersOf({ facts, said }: Known): object[] {
  const own = said.flatMap(({ statement }) =>
    statement.kind === "identifier" ? [{ namespace: statement.namespace, value: statement.value }] : [],
  );
  const isOwn = (value: string) => own.some((each) => each.value === value.toLowerCase() || each.value === value);
  const heard = facts
    .filter(({ kind, value }) => kind !== "name" && !isOwn(value))
    .map(({ kind, value }) => ({ namespace: kind === "email" ? "email" : null, value }));
  return [...own, ...new Map(heard.map((each) => [each.value, each])).values()];
}
