import { fold, refWord, toWords } from "@cairn/event";
import { ArrayColumn, FixedColumn, type NativeColumn } from "../native/column.ts";
import { DictionaryColumn } from "../native/dictionary-column.ts";
import { TextColumn } from "../native/text-column.ts";
import type { ColumnName } from "../schema/columns.ts";
import { keptKeyword } from "./stored.ts";

const plain = () => new DictionaryColumn(fold);
const kept = () => new DictionaryColumn(keptKeyword);
const words = () => new DictionaryColumn(toWords);
const reference = () => new DictionaryColumn(refWord);
const exact = () => new DictionaryColumn((text) => text);
const text = () => new TextColumn();

/** The columns of `events` while a block is written: one per column of the schema, under its name. */
export function createEventBlock() {
  return {
    tenant: new FixedColumn("UInt32"),
    occurred_at: new FixedColumn("DateTime64(3, 'UTC')"),
    ledger: new FixedColumn("UInt32"),
    sequence: new FixedColumn("UInt64"),
    received_at: new FixedColumn("DateTime64(3, 'UTC')"),
    id: text(),
    source: kept(),
    action: plain(),
    verb: plain(),
    category: kept(),
    outcome: plain(),
    reason: text(),
    actor_type: plain(),
    actor_ref: reference(),
    actor_id: kept(),
    actor_name: words(),
    actor_email: kept(),
    actor_role: kept(),
    actor_groups: new ArrayColumn(kept()),
    behalf_type: plain(),
    behalf_ref: text(),
    behalf_id: kept(),
    behalf_name: words(),
    behalf_email: kept(),
    "target.type": new ArrayColumn(plain()),
    "target.ref": new ArrayColumn(text()),
    "target.id": new ArrayColumn(text()),
    "target.name": new ArrayColumn(text()),
    ip: new FixedColumn("IPv6"),
    user_agent: words(),
    location: words(),
    session: text(),
    request: text(),
    trace: text(),
    client_kind: plain(),
    client_name: kept(),
    client_version: kept(),
    purpose: words(),
    recipient: text(),
    data_category: kept(),
    parent: text(),
    inferred: plain(),
    time_uncertain_ms: new FixedColumn("Int64"),
    description: text(),
    source_action: text(),
    warnings: new ArrayColumn(words()),
    "leaf.path": new ArrayColumn(exact()),
    "leaf.words": new ArrayColumn(text()),
    "leaf.number": new ArrayColumn(new FixedColumn("Float64")),
    also: text(),
    mentions: new ArrayColumn(text()),
  } as const satisfies Record<ColumnName, NativeColumn>;
}

export type EventBlock = ReturnType<typeof createEventBlock>;
