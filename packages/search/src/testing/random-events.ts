import {
  type CairnEvent,
  compileSubjectPattern,
  DEFAULT_PERSON_TARGET_TYPES,
  findPeople,
  type Observed,
  type ResolveSubjects,
  type SubjectFact,
  splitEvent,
} from "@cairn/event";
import { acceptEvent } from "@cairn/event/door";
import type { IndexInput } from "../encode/rows.ts";
import type { SubjectFactRow } from "../encode/subject-facts.ts";

const door = { nowMs: Date.UTC(2026, 0, 1), defaultSource: "api", describeAction: () => undefined };
const personTypes = new Set(DEFAULT_PERSON_TARGET_TYPES);

/** Takes inputs through the door and apart, as ingest does; the same person gets the same reference. */
export function toIndexInputs(inputs: readonly unknown[], options: { tenantNo: number }): IndexInput[] {
  const refs = new Map<string, string>();
  return inputs.map((input, i) => {
    const event: CairnEvent = { id: `e-${i}`, ...acceptEvent(input, door).event };
    const split = splitEvent(event, findPeople(event, personTypes), {
      resolve: (person) => {
        const key = JSON.stringify(person.identifiers[0]);
        const ref = refs.get(key) ?? `sub_${(refs.size * 7_919).toString(36)}-A_${refs.size}`;
        refs.set(key, ref);
        return ref;
      },
      monthRef: "sub_month",
      personalPointers: [],
    });
    return { tenantNo: options.tenantNo, ledger: 1 + (i % 2), sequence: i, receivedAtMs: receivedAtMs(i), split };
  });
}

/** Some minutes apart, over a few months. */
function receivedAtMs(i: number): number {
  return Date.UTC(2026, 0, 1) + i * 7 * 3_600_000;
}

/** The same event for the evaluator that works event by event. */
export function observedOf({ ledger, sequence, receivedAtMs: timeMs, split }: IndexInput): Observed {
  return { ...split, ledger, sequence, received_at: new Date(timeMs).toISOString() };
}

/**
 * A directory in memory over the same facts: what the engine's tables `subjects` and `same_people` must agree with. `same`:
 * sets of references that are one person each.
 */
export function memoryDirectory(
  facts: readonly SubjectFactRow[],
  { same = [] }: { readonly same?: readonly (readonly string[])[] } = {},
): ResolveSubjects {
  const byRef = new Map<string, SubjectFact[]>();
  for (const { ref, kind, value } of facts) byRef.set(ref, [...(byRef.get(ref) ?? []), { kind, value }]);
  return (pattern) => {
    const test = compileSubjectPattern(pattern);
    const found = [...byRef].filter(([, each]) => test(each)).map(([ref]) => ref);
    return new Set(found.flatMap((ref) => [ref, ...(same.find((set) => set.includes(ref)) ?? [])]));
  };
}
