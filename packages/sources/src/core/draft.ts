import type { Json } from "@cairn/event";
import type { Field } from "./fields.ts";
import type { MappedEvent } from "./source-mapping.ts";
import type { TimeForm } from "./source-time.ts";

/** Pointers into the record, or texts, for the members of a target. */
export interface TargetFrom {
  readonly type: string;
  /** JSON Pointer of its id. */
  readonly id?: string;
  /** JSON Pointer of its name. */
  readonly name?: string;
  /** Pointer to the type, where the record writes it as the event has it. */
  readonly typeAt?: string;
}

/** A target whose members are known already. */
export interface TargetValue {
  readonly type: string;
  readonly id?: string | undefined;
  readonly name?: string | undefined;
}

export interface ChangeValue {
  readonly field: string;
  readonly before?: Json | undefined;
  readonly after?: Json | undefined;
}

/**
 * An event being made of a record. What is moved to a field leaves the record; all the rest becomes `details` at the end, so
 * nothing can be forgotten. A value leaves only when the event carries it in full: one that was cut or changed stays as well.
 */
export interface Draft {
  /** Reads the record. */
  readonly at: (pointer: string) => Json | undefined;
  /** Reads a text or number of the record that says something. */
  readonly textAt: (pointer: string) => string | undefined;
  /** Moves the first of these that says something to a field; gives it. */
  readonly move: (field: Field, ...pointers: readonly string[]) => string | undefined;
  /** Moves an address of a person to `.email` or, when it is none, to `.name` of an actor. */
  readonly movePerson: (pointer: string) => void;
  /** Moves a time to `occurred_at`; the first form that reads it counts. */
  readonly moveTime: (pointer: string, ...forms: readonly TimeForm[]) => void;
  /** Sets a field to a value of the mapping's own. */
  readonly set: (field: Field, value: string | undefined, rule?: string, from?: readonly string[]) => void;
  /** Sets the time and how far off it may be. */
  readonly setTime: (timeMs: number, uncertainMs: number | undefined, from: readonly string[]) => void;
  readonly moveTarget: (target: TargetFrom) => void;
  readonly addTarget: (target: TargetValue, from?: readonly string[]) => void;
  /** Adds a change; `dropped` when there are too many already. */
  readonly addChange: (change: ChangeValue, from?: readonly string[]) => "kept" | "dropped";
  readonly markInferred: () => void;
  readonly label: (key: string, value: string) => void;
  /** Says that the event carries these values elsewhere. */
  readonly take: (...pointers: readonly string[]) => void;
  /** Says that these values repeat the one given; those that do not stay. */
  readonly takeRepeats: (value: string | undefined, ...pointers: readonly string[]) => void;
  /** Adds to the details something that the record has no place for. */
  readonly addDetail: (key: string, value: Json) => void;
  readonly warn: (warning: string) => void;
  /** Names the rule under which what follows is explained: a pointer into a definition. */
  readonly explainAs: (rule: string) => void;
  readonly finish: () => MappedEvent;
}
