import type { EventPrincipal, EventTarget } from "../model/event.ts";
import type { Predicate } from "./ast.ts";
import type { FieldName } from "./fields.ts";
import { fold } from "./fold.ts";
import type { Matcher, MatchOptions } from "./match.ts";
import { compileGlob } from "./pattern.ts";
import { PERSON_PARTS, personField, personPattern } from "./person.ts";
import { compilePhrase } from "./phrase.ts";
import type { SubjectFactKind } from "./subjects.ts";
import type { EventView } from "./view.ts";
import { foldCut } from "./words.ts";

/** An actor, a principal or a target: a person by reference, or a thing with values of its own. */
type Party = EventPrincipal | (EventTarget & { readonly email?: undefined });

/** Compiles a condition on a person field: people by their references, everything else by the values it carries. */
export function matchPerson(
  field: FieldName,
  predicate: Extract<Predicate, { op: "person" | "exists" }>,
  options: MatchOptions,
): Matcher {
  const { role, part } = personField(field);
  const kinds = PERSON_PARTS[part];
  if (predicate.op === "exists") {
    if (role === "subject") return (view) => view.people.length > 0;
    if (role === "target" && part === "any") return (view) => (view.event.core.targets ?? []).length > 0;
    return (view) =>
      parties(view, role).some(
        (party) =>
          party.ref !== undefined ||
          kinds.whole.some((kind) => party[kind] !== undefined) ||
          kinds.words.some((kind) => view.wordsOf(party[kind]) !== ""),
      );
  }
  const people = options.resolveSubjects(personPattern(field, predicate));
  if (role === "subject") return (view) => people.size > 0 && view.people.some((ref) => people.has(ref));
  const testWhole = predicate.glob === undefined ? undefined : compileGlob(predicate.glob);
  const testWords = predicate.phrase === undefined ? undefined : compilePhrase(predicate.phrase);
  const whole = testWhole === undefined ? [] : kinds.whole;
  const words = testWords === undefined ? [] : kinds.words;
  const takesType = role === "target" && part === "any";
  return (view) =>
    parties(view, role).some(
      (party) =>
        (party.ref !== undefined && people.has(party.ref)) ||
        whole.some((kind) => holds(party, kind, (value) => testWhole?.(foldCut(value)) === true)) ||
        words.some((kind) => holds(party, kind, (value) => testWords?.(view.wordsOf(value)) === true)) ||
        (takesType && testWhole?.(fold(party.type)) === true),
    );
}

function holds(party: Party, kind: SubjectFactKind, test: (value: string) => boolean): boolean {
  const value = party[kind];
  return value !== undefined && test(value);
}

function parties(view: EventView, role: "actor" | "on_behalf_of" | "target"): readonly Party[] {
  const { core } = view.event;
  switch (role) {
    case "actor":
      return [core.actor];
    case "on_behalf_of":
      return core.actor.on_behalf_of === undefined ? [] : [core.actor.on_behalf_of];
    case "target":
      return core.targets ?? [];
  }
}
