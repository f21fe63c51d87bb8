import { EVENT_FIELDS, setMember } from "@cairn/event";
import type { JsonObject } from "../files/json-values.ts";

/** Where a column of a CSV file goes. */
export interface ColumnTarget {
  readonly path: readonly string[];
  readonly kind: "text" | "boolean" | "integer" | "list" | "json_or_text";
}

/** Aliases that the door takes for fields of the model: docs/event-model.md. */
const ALIASES = [
  "timestamp",
  "user",
  "username",
  "role",
  "resource",
  "target",
  "ip",
  "ip_address",
  "user_agent",
  "session_id",
  "request_id",
  "result",
];

const FIELDS: ReadonlySet<string> = new Set([...EVENT_FIELDS, ...ALIASES]);
/** Fields that are objects or arrays: their columns may hold JSON. */
const STRUCTURED: ReadonlySet<string> = new Set([
  "actor",
  "targets",
  "target",
  "outcome",
  "context",
  "changes",
  "details",
  "labels",
  "warnings",
  "user",
]);

const PRINCIPAL = "(?:type|id|name|email)";
/** Columns that name a member of a structured field. */
const MEMBER = new RegExp(
  `^(?:actor\\.(?:${PRINCIPAL}|role|groups|on_behalf_of\\.${PRINCIPAL})` +
    "|targets?\\.(?:type|id|name)|targets\\.\\d{1,2}\\.(?:type|id|name)" +
    "|outcome\\.(?:result|reason)" +
    "|context\\.(?:ip|user_agent|session_id|request_id|trace_id|location|client\\.(?:kind|name|version))" +
    "|changes\\.\\d{1,3}\\.(?:field|before|after))$",
);

/** Decides where a column goes by its name: to a field, or, when no field has that name, under `details` by its whole name. */
export function columnTarget(name: string): ColumnTarget {
  if (FIELDS.has(name)) return { path: [name], kind: kindOf(name) };
  const [first = "", ...rest] = name.split(".");
  if ((first === "details" || first === "labels") && rest.length > 0 && !rest.includes("")) {
    return { path: first === "labels" ? [first, rest.join(".")] : [first, ...rest], kind: "text" };
  }
  if (!MEMBER.test(name)) return { path: ["details", name], kind: "text" };
  // `targets.id` is of the first target; `target` is the alias of a single one.
  const path = /^targets\.\D/.test(name) ? ["targets", "0", ...rest] : [first, ...rest];
  return { path, kind: name === "actor.groups" ? "list" : "text" };
}

function kindOf(field: string): ColumnTarget["kind"] {
  if (field === "inferred") return "boolean";
  if (field === "time_uncertain_ms") return "integer";
  return STRUCTURED.has(field) ? "json_or_text" : "text";
}

/** An event, or the column whose value has no place because another one holds text where it belongs. */
export type RowEvent = { readonly event: JsonObject } | { readonly misplaced: number };

/** Builds an event out of a row; empty cells are absent, and of two values for one place the first counts. */
export function eventOfRow(columns: readonly ColumnTarget[], row: readonly string[]): RowEvent {
  const event: Record<string, unknown> = {};
  for (const [i, { path, kind }] of columns.entries()) {
    const cell = row[i] ?? "";
    if (cell !== "" && place(event, path, valueOfCell(cell, kind)) === "no place") return { misplaced: i };
  }
  for (const field of ["targets", "changes"]) {
    const members = event[field];
    // Places without a value leave no holes behind.
    if (Array.isArray(members)) event[field] = members.filter((member) => member !== undefined);
  }
  return { event: event as JsonObject };
}

function valueOfCell(cell: string, kind: ColumnTarget["kind"]): unknown {
  switch (kind) {
    case "boolean":
      return /^true$/i.test(cell) ? true : /^false$/i.test(cell) ? false : cell;
    case "integer":
      return /^\d{1,15}$/.test(cell) ? Number(cell) : cell;
    case "list":
      return cell.split(";").map((item) => item.trim());
    case "json_or_text":
      return /^[[{]/.test(cell) ? parsedOrText(cell) : cell;
    case "text":
      return cell;
  }
}

/** What is not JSON after all goes as it is, for the server to refuse or to take. */
function parsedOrText(cell: string): unknown {
  try {
    return JSON.parse(cell) as unknown;
  } catch {
    return cell;
  }
}

/** Puts a value at a path, making arrays where a number follows. */
function place(event: Record<string, unknown>, path: readonly string[], value: unknown): "placed" | "no place" {
  let parent: Record<string, unknown> = event;
  for (const [i, part] of path.slice(0, -1).entries()) {
    const known = Object.hasOwn(parent, part) ? parent[part] : undefined;
    const next = known ?? (/^\d+$/.test(path[i + 1] ?? "") && isArrayField(path[0]) ? [] : {});
    if (typeof next !== "object" || next === null) return "no place";
    if (known === undefined) setMember(parent, part, next);
    parent = next as Record<string, unknown>;
  }
  const last = path.at(-1) ?? "";
  if (!Object.hasOwn(parent, last)) setMember(parent, last, value);
  return "placed";
}

function isArrayField(field: string | undefined): boolean {
  return field === "targets" || field === "changes";
}
