import { CairnError, type FieldName, fieldDefinition, findField, member } from "@cairn/event";
import { columnSql, KEYWORD_COLUMNS, TEXT_COLUMNS } from "../compile/columns.ts";
import type { Params } from "../compile/params.ts";
import type { IndexDatabase } from "../database/index-database.ts";
import { subjectsTable } from "../database/tables.ts";

export type SortOrder = "asc" | "desc";

/** How the engine gets the value by which an event is sorted. Times and numbers are numbers, everything else is text. */
export interface SortKey {
  readonly type: "number" | "text";
  readonly sql: string;
  /** Value of an event without one: such events come last in either order. */
  readonly missing: number | "";
  /** What has to be joined to the events. */
  readonly join: string;
  /** False where sorting must look at every match, and there is no telling how slowly. */
  readonly isUnlimited: boolean;
}

const text = (sql: string, options: { isUnlimited: boolean; join?: string }): SortKey => ({
  type: "text",
  sql,
  missing: "",
  join: options.join ?? "",
  isUnlimited: options.isUnlimited,
});

const UNLIMITED: ReadonlySet<string> = new Set([
  "action",
  "category",
  "outcome",
  "source",
  "verb",
  "actor.type",
  "target.type",
]);

/**
 * Finds out how to sort by a field (any field of the query language). Texts are sorted folded, by code point; people by
 * their newest name, else e-mail, else identifier; several values by the first; under `details` numbers before texts.
 * @throws CairnError parameter_invalid
 */
export function sortKey(field: string, scope: { index: IndexDatabase; tenantNo: number; params: Params }): SortKey {
  const match = findField(field.split("."));
  if (match === undefined) throw unknownSort(field);
  const { name } = match;
  switch (fieldDefinition(name).kind) {
    case "time":
      return {
        type: "number",
        sql: `toUnixTimestamp64Milli(${name === "received_at" ? name : "occurred_at"})`,
        missing: -1,
        join: "",
        isUnlimited: true,
      };
    case "number":
      return { type: "number", sql: `toInt64(${name})`, missing: -1, join: "", isUnlimited: false };
    case "ip":
      return text("if(ip = toIPv6('::'), '', hex(ip))", { isUnlimited: true });
    case "keyword":
    case "text":
      return name === "changes.field" ? leafKey(name, scope.params) : columnKey(name);
    case "leaf":
      return leafKey(match.path.reduce(member, name as string), scope.params);
    case "person":
    case "ref":
      return personKey(name, scope);
  }
}

function unknownSort(field: string): CairnError {
  return new CairnError("parameter_invalid", `there is no field “${field}” to sort by`);
}

function columnKey(name: FieldName): SortKey {
  const place = KEYWORD_COLUMNS[name] ?? TEXT_COLUMNS[name];
  if (place === undefined) throw unknownSort(name);
  const column = columnSql(place.column);
  return text(place.isArray ? `${column}[1]` : `toString(${column})`, { isUnlimited: UNLIMITED.has(name) });
}

/** The first value under a path; numbers become text whose order is theirs: the bits of a double, sign flipped. */
function leafKey(path: string, params: Params): SortKey {
  const [exact, beneath] = [params.string(path), params.string(`${path}.`)];
  const at = `arrayFirstIndex(path -> path = ${exact} OR startsWith(path, ${beneath}), \`leaf.path\`)`;
  const bits = `reinterpretAsUInt64(\`leaf.number\`[${at}])`;
  const ordered = `if(bitTest(${bits}, 63), bitNot(${bits}), bitOr(${bits}, 9223372036854775808))`;
  const number = `concat('0', leftPad(hex(${ordered}), 16, '0'))`;
  return text(`if(${at} = 0, '', if(isNaN(\`leaf.number\`[${at}]), concat('1', \`leaf.words\`[${at}]), ${number}))`, {
    isUnlimited: false,
  });
}

/** People by name, through a join; services, documents and the like by the name or identifier they carry. */
function personKey(name: FieldName, scope: { index: IndexDatabase; tenantNo: number; params: Params }): SortKey {
  const role = name.split(".")[0];
  if (role !== "actor" && role !== "target") throw unknownSort(name);
  const ref = role === "actor" ? "actor_ref" : "`target.ref`[1]";
  const own =
    role === "actor"
      ? "if(actor_name != '', trimBoth(actor_name), substringIndex(actor_id, '\\0', 1))"
      : "if(`target.name`[1] != '', trimBoth(`target.name`[1]), `target.id`[1])";
  const labels =
    "SELECT ref AS labelled, argMax(folded, (kind = 'name', kind = 'email', seen_at)) AS label " +
    `FROM ${subjectsTable(scope.index)} WHERE tenant = ${scope.params.integer(scope.tenantNo)} GROUP BY ref`;
  return text(`if(${ref} = '', ${own}, if(label = '', toString(${ref}), label))`, {
    isUnlimited: true,
    join: ` LEFT ANY JOIN (${labels}) AS people ON people.labelled = ${ref}`,
  });
}
