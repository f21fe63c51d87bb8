import type { Json, RecordedEvent } from "@cairn/event";
import { actorTerm, targetTerm, writeTerm } from "../event/filter-term.ts";
import { isList, leavesOf, showValue } from "../event/leaves.ts";
import { actorName, targetName } from "../event/names.ts";
import { t } from "../texts/texts.ts";

/** A column of the list. Its name is a field of the query language, so that exports and links know it, too. */
export interface Column {
  readonly name: string;
  readonly label: string;
  /** Field to sort by; undefined where an order would mean nothing. */
  readonly sort: string | undefined;
  /** Least width, in the width of a digit. */
  readonly minChars: number;
  /** Share of the width that is left over; 0 for columns of a fixed width. */
  readonly grow: number;
  /** Of columns that nobody chose, the highest goes first when there is no room. */
  readonly yields: number;
}

/** What stands in a cell. */
export interface CellValue {
  readonly text: string;
  /** The condition that finds it; undefined where there is none. */
  readonly term: string | undefined;
}

type Shape = readonly [minChars: number, grow: number, yields: number, sort?: string];

const SHAPES: Readonly<Record<string, Shape>> = {
  date: [10, 0, 0, "occurred_at"],
  time: [12, 0, 0, "occurred_at"],
  actor: [12, 1.1, 0, "actor"],
  action: [16, 1.4, 0, "action"],
  category: [12, 0.8, 3, "category"],
  targets: [14, 1.4, 1, "target"],
  outcome: [10, 0, 0, "outcome"],
  ip: [14, 0.6, 4, "ip"],
};
const OTHER_SHAPE: Shape = [12, 0.9, 5];

/** The columns that a list has until somebody chooses. */
export const USUAL_COLUMNS = Object.keys(SHAPES);

/** Columns that can be had besides; any field of the query language can be named. */
export const OTHER_COLUMNS = [
  "verb",
  "description",
  "outcome.reason",
  "actor.role",
  "actor.groups",
  "actor.email",
  "on_behalf_of",
  "location",
  "client.kind",
  "client.name",
  "source",
  "session",
  "purpose",
  "recipient",
  "data_category",
  "changes.field",
  "received_at",
  "id",
  "sequence",
] as const;

const UNSORTED: ReadonlySet<string> = new Set(["description"]);

/** Describes a column by its name. */
export function columnOf(name: string): Column {
  const [minChars, grow, yields, sort = name] = SHAPES[name] ?? OTHER_SHAPE;
  return {
    name,
    label: t.columns[name] ?? name,
    sort: UNSORTED.has(name) ? undefined : sort,
    minChars,
    grow,
    yields,
  };
}

const GAP_PX = 14;

/** Leaves out columns that nobody chose until the others fit. */
export function fitColumns(columns: readonly Column[], widthPx: number, charPx: number): readonly Column[] {
  let kept = columns;
  const needs = () => kept.reduce((sum, { minChars }) => sum + minChars * charPx + GAP_PX, GAP_PX);
  while (needs() > widthPx) {
    const most = Math.max(...kept.map(({ yields }) => yields));
    if (most === 0) break;
    const at = kept.findLastIndex(({ yields }) => yields === most);
    kept = kept.toSpliced(at, 1);
  }
  return kept;
}

/** The widths of columns, as a grid takes them. */
export function gridOf(columns: readonly Column[]): string {
  return columns
    .map(({ minChars, grow }) => (grow === 0 ? `${minChars}ch` : `minmax(${minChars}ch, ${grow}fr)`))
    .join(" ");
}

/** The values of an event in a column; date, time, outcome and moments are drawn by the row itself. */
export function cellValues(event: RecordedEvent, name: string): readonly CellValue[] {
  const { actor, targets = [], context } = event;
  switch (name) {
    case "actor":
      return [{ text: actorName(actor), term: actorTerm(actor) }];
    case "on_behalf_of": {
      const { on_behalf_of: behind } = actor;
      return behind === undefined ? [] : [{ text: actorName(behind), term: actorTerm(behind, "on_behalf_of") }];
    }
    case "targets":
    case "target":
      return targets.map((target) => ({ text: targetName(target), term: targetTerm(target) }));
    case "changes.field":
      return (event.changes ?? []).map(({ field }) => ({ text: field, term: writeTerm("changes.field", field) }));
    case "ip":
      return termed(name, context?.ip);
    case "description":
      return event.description === undefined ? [] : [{ text: event.description, term: undefined }];
    case "sequence":
      return [{ text: `${event.ledger}/${event.sequence}`, term: undefined }];
    default:
      return termed(name, valueAt(event, PATHS[name] ?? name.split(".")));
  }
}

/** Where fields stand that are not called as their path is. */
const PATHS: Readonly<Record<string, readonly string[]>> = {
  location: ["context", "location"],
  session: ["context", "session_id"],
  request: ["context", "request_id"],
  trace: ["context", "trace_id"],
  user_agent: ["context", "user_agent"],
  "client.kind": ["context", "client", "kind"],
  "client.name": ["context", "client", "name"],
  "client.version": ["context", "client", "version"],
  parent: ["parent_id"],
};

function valueAt(event: RecordedEvent, path: readonly string[]): Json | undefined {
  let value: Json | undefined = event as unknown as Json;
  for (const key of path) {
    if (typeof value !== "object" || value === null || isList(value)) return undefined;
    value = (value as Readonly<Record<string, Json>>)[key];
  }
  return value;
}

function termed(name: string, value: Json | undefined): readonly CellValue[] {
  if (value === undefined || value === null) return [];
  return leavesOf(value).flatMap((leaf) => {
    const items = isList(leaf.value) ? leaf.value : [leaf.value];
    const field = [name, ...leaf.path.filter((key) => typeof key === "string")].join(".");
    return items
      .filter((item) => item !== null && item !== "" && typeof item !== "object")
      .map((item) => ({ text: showValue(item), term: writeTerm(field, showValue(item)) }));
  });
}
