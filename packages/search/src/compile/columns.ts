import type { FieldName } from "@cairn/event";
import type { ColumnName } from "../schema/columns.ts";

/** Where a keyword field is stored and in which form. */
export interface KeywordColumn {
  readonly column: ColumnName;
  readonly form: "plain" | "kept";
  readonly isArray: boolean;
  /** True where the text index holds the words of the values too. */
  readonly isInWords?: true;
}

const plain = (column: ColumnName): KeywordColumn => ({ column, form: "plain", isArray: false });
const kept = (column: ColumnName): KeywordColumn => ({ column, form: "kept", isArray: false });

/** Keyword fields and their columns. */
export const KEYWORD_COLUMNS: Readonly<Partial<Record<FieldName, KeywordColumn>>> = {
  action: { ...plain("action"), isInWords: true },
  verb: plain("verb"),
  category: kept("category"),
  source: kept("source"),
  outcome: plain("outcome"),
  "actor.type": plain("actor_type"),
  "actor.role": kept("actor_role"),
  "actor.groups": { ...kept("actor_groups"), isArray: true },
  "on_behalf_of.type": plain("behalf_type"),
  "target.type": { ...plain("target.type"), isArray: true, isInWords: true },
  session: plain("session"),
  request: plain("request"),
  trace: plain("trace"),
  "client.kind": plain("client_kind"),
  "client.name": kept("client_name"),
  "client.version": kept("client_version"),
  data_category: kept("data_category"),
  parent: plain("parent"),
  inferred: plain("inferred"),
  id: plain("id"),
};

/** Where a text field is stored, in words form. */
export interface TextColumnPlace {
  readonly column: ColumnName;
  readonly isArray: boolean;
  /** True where the text index covers the column, so that it can answer first. */
  readonly isInWords: boolean;
}

/** Text fields and their columns; `changes.field` is a path of the leaves. */
export const TEXT_COLUMNS: Readonly<Partial<Record<FieldName, TextColumnPlace>>> = {
  source_action: { column: "source_action", isArray: false, isInWords: true },
  "outcome.reason": { column: "reason", isArray: false, isInWords: true },
  user_agent: { column: "user_agent", isArray: false, isInWords: false },
  location: { column: "location", isArray: false, isInWords: false },
  purpose: { column: "purpose", isArray: false, isInWords: false },
  recipient: { column: "recipient", isArray: false, isInWords: false },
  description: { column: "description", isArray: false, isInWords: true },
  warnings: { column: "warnings", isArray: true, isInWords: false },
};

/** Quotes a column's name where it needs it. */
export function columnSql(column: ColumnName): string {
  return column.includes(".") ? `\`${column}\`` : column;
}
