import { UNCATEGORIZED } from "../door/accept.ts";
import { outcomeOfAction, verbOfAction } from "../door/verbs.ts";
import { canonicalJson } from "../json/canonical.ts";
import type { CairnEvent, EventTarget, Verb } from "../model/event.ts";
import { findPeople, type PersonMention } from "../personal/people.ts";
import type { SplitEvent } from "../personal/split.ts";
import { KIND } from "./numbers.ts";

/** An event that took the slow way, and what was found out about it there. */
export interface Lesson {
  readonly event: CairnEvent;
  readonly split: SplitEvent;
  readonly people: readonly PersonMention[];
  readonly personTargetTypes: ReadonlySet<string>;
  /** Reference of a person, when it is known. */
  readonly resolve: (person: Pick<PersonMention, "identifiers">) => string | undefined;
  /** Reference that owns addresses of unknown people in the month of the event; empty when it was not needed. */
  readonly monthRef: string;
  /** What the catalog says of the action; `isPlain` when that is no more than these defaults. */
  readonly action: { readonly isPlain: boolean; readonly verb?: Verb; readonly category?: string };
}

/** What is to be known of a text. */
export interface Fact {
  readonly value: number;
  readonly blob: Uint8Array;
}

const encoder = new TextEncoder();
const NOTHING = new Uint8Array(0);
/** Longest text of an action's defaults: one byte tells its length. */
const MAX_DEFAULT_BYTES = 255;

/** Draws from a lesson what there is to know of the text `key`; undefined when it teaches nothing. */
export function factOf(
  kind: number,
  key: string,
  lesson: Lesson,
  pathOf: (pointer: string) => number,
): Fact | undefined {
  switch (kind) {
    case KIND.action:
      return lesson.event.action === key ? actionFact(lesson) : undefined;
    case KIND.actor:
      return actorFact(lesson, pathOf);
    case KIND.targetType:
      return { value: lesson.personTargetTypes.has(key) ? 1 : 0, blob: NOTHING };
    case KIND.person:
      return personFact(key, lesson);
    case KIND.month:
      return lesson.monthRef === "" ? undefined : { value: 1, blob: encoder.encode(lesson.monthRef) };
    case KIND.address:
      // Kept as it came: it is written in the one form that is kept.
      return lesson.event.context?.ip === key ? { value: 1, blob: NOTHING } : undefined;
    default:
      return undefined;
  }
}

/** Lengths of verb, outcome and category, a byte each, then those as JSON. Value 0: the action is never plain. */
function actionFact({ event: { action }, action: known }: Lesson): Fact {
  const texts = [known.verb ?? verbOfAction(action), outcomeOfAction(action), known.category ?? UNCATEGORIZED].map(
    (text) => encoder.encode(canonicalJson(text)),
  );
  const isPlain = known.isPlain && texts.every((text) => text.length <= MAX_DEFAULT_BYTES && !text.includes(0x5c));
  if (!isPlain) return { value: 0, blob: NOTHING };
  return { value: 1, blob: concat([Uint8Array.from(texts, ({ length }) => length), ...texts]) };
}

/**
 * Numbers of units and of values, length of the reference (a byte each) and a free byte; length of the fields (u32le);
 * the reference; the fields as members of a JSON object; each unit as path and length (u16le each) and value; each value
 * as length (u16le) and text.
 */
function actorFact({ event, split, people }: Lesson, pathOf: (pointer: string) => number): Fact | undefined {
  if (event.actor.on_behalf_of !== undefined) return undefined;
  const { actor } = split.core;
  const person = people.find(({ pointer }) => pointer === "/actor");
  const units = Object.entries(actor).map(([name, value]) => [
    u16(pathOf(`/actor/${name}`)),
    ...sized(encoder.encode(canonicalJson(value))),
  ]);
  const pointers = Object.keys(person?.fields ?? {});
  const fields = pointers
    .toSorted()
    .map((pointer) => `${JSON.stringify(pointer)}:${JSON.stringify(person!.fields[pointer])}`)
    .join(",");
  const values = pointers.map((pointer) => sized(encoder.encode(person!.fields[pointer])));
  const ref = encoder.encode(person === undefined ? "" : (actor.ref ?? ""));
  const fieldBytes = encoder.encode(fields);
  const sizes = new Uint8Array(8);
  sizes.set([units.length, values.length, ref.length]);
  new DataView(sizes.buffer).setUint32(4, fieldBytes.length, true);
  return { value: 1, blob: concat([sizes, ref, fieldBytes, ...units.flat(), ...values.flat()]) };
}

/** The person's reference; empty for a target that names nobody. */
function personFact(key: string, { personTargetTypes, resolve }: Lesson): Fact | undefined {
  const target = JSON.parse(key) as EventTarget;
  const alone = { actor: { type: "anonymous" }, targets: [target] } as unknown as CairnEvent;
  const [person] = findPeople(alone, personTargetTypes);
  if (person === undefined) return { value: 0, blob: NOTHING };
  const ref = resolve(person);
  return ref === undefined ? undefined : { value: 1, blob: encoder.encode(ref) };
}

function u16(value: number): Uint8Array {
  return Uint8Array.of(value & 0xff, value >> 8);
}

function sized(bytes: Uint8Array): Uint8Array[] {
  return [u16(bytes.length), bytes];
}

function concat(parts: readonly Uint8Array[]): Uint8Array {
  const all = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}
