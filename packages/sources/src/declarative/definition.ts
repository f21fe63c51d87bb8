import type { Field } from "../core/fields.ts";

/** JSON Pointer into the record; inside of `each`, into the member. */
export type Pointer = string;

/** A value: the first of these that gives one. */
export type Rule = ConstantRule | FromRule | TemplateRule | FindRule | FirstRule;

export interface ConstantRule {
  readonly constant: string;
}

/** Steps that a text goes through, in this order. */
export interface Steps {
  /** Changes of the text itself. */
  readonly as?: "lower" | "upper" | "words" | "action" | "verb";
  /** Looks the text up: in a table of its own, or in one of the definition's by name. */
  readonly table?: string | Table;
  /** What a text becomes that is not in the table; absent, it becomes nothing and the event says so. */
  readonly otherwise?: string;
}

export interface FromRule extends Steps {
  readonly from: Pointer | readonly Pointer[];
}

export interface TemplateRule extends Steps {
  /** Text with `{/pointer}` in it. Without any of its values it is nothing. */
  readonly template: string;
}

/** Finds a member of a list of names and values. */
export interface FindRule extends Steps {
  readonly find: {
    readonly list: Pointer;
    /** Member that holds the name. */
    readonly key: string;
    readonly equals: string;
    /** Members that may hold the value, best first. */
    readonly value: readonly string[];
  };
}

export interface FirstRule {
  readonly first: readonly Rule[];
}

/** Text to text. A key may hold one `*` for any run of characters; whole keys count before those, in the order given. */
export type Table = Readonly<Record<string, string>>;

/** How a time is written. */
export type TimeName = "rfc3339" | "epoch_s" | "epoch_ms" | "epoch_us" | "epoch_ns";
export type TimeFormat = TimeName | { readonly pattern: string };

export type TimeRule = (FromRule | TemplateRule) & { readonly time: TimeFormat | readonly TimeFormat[] };

export interface TargetRule {
  /** List of which each member is a target. */
  readonly each?: Pointer;
  readonly type: Rule;
  readonly id?: Rule;
  readonly name?: Rule;
}

export interface ChangeRule {
  readonly each?: Pointer;
  readonly field: Rule;
  readonly before?: Rule;
  readonly after?: Rule;
}

/** Members of the record that belong together by their names, with one `*`: `*_was` before, `*` after. */
export interface PairRule {
  readonly before: string;
  readonly after: string;
}

export interface SkipRule {
  readonly at: Pointer;
  readonly is: readonly string[];
  readonly reason: string;
}

/** How a body is divided into records. */
export type InputRule =
  | { readonly format: "json"; readonly wrappers?: readonly string[] }
  /** `columns`: names as the rules write them. A header may differ in letter case, spaces, `_` and `-`. */
  | { readonly format: "csv"; readonly columns?: readonly string[] }
  | { readonly format: "lines"; readonly pattern: string };

/** How records of one source become events, as data: written in the portal, kept with the source. */
export interface Definition {
  readonly version: 1;
  /** `source` of the events. */
  readonly name: string;
  readonly title?: string;
  readonly input: InputRule;
  /** IANA zone of times without an offset; UTC when absent. */
  readonly zone?: string;
  /** Texts that mean that there is none: `-`, `null`. They are left out wherever they stand. */
  readonly absent?: readonly string[];
  /** Texts of the record that are taken apart by a pattern before anything else; one that does not fit stays. */
  readonly split?: Readonly<Record<Pointer, string>>;
  /** Divides a record: one event for each member of a list, which takes the list's place. */
  readonly each?: { readonly list: Pointer; readonly index?: string };
  readonly skip?: readonly SkipRule[];
  readonly occurred_at?: TimeRule;
  readonly fields: Readonly<Partial<Record<Field, Rule>>> & { readonly action: Rule };
  readonly targets?: readonly TargetRule[];
  readonly changes?: readonly ChangeRule[];
  readonly pairs?: readonly PairRule[];
  readonly labels?: Readonly<Record<string, Rule>>;
  readonly tables?: Readonly<Record<string, Table>>;
  /** Values that are left out: pointers. Say in the title why, if it is not plain. */
  readonly ignore?: readonly Pointer[];
}
