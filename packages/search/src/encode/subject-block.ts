import { fold, refWord, toWords } from "@cairn/event";
import { writeBlock } from "../native/block.ts";
import { FixedColumn, type NativeColumn } from "../native/column.ts";
import { DictionaryColumn } from "../native/dictionary-column.ts";
import { TextColumn } from "../native/text-column.ts";
import type { SubjectFactRow } from "./subject-facts.ts";

/** Writes a block for the table `subjects`. */
export function writeSubjectBlock(facts: readonly SubjectFactRow[]): Uint8Array<ArrayBuffer> {
  const columns = {
    tenant: new FixedColumn("UInt32"),
    ref: new TextColumn(),
    kind: new DictionaryColumn((kind) => kind),
    folded: new TextColumn(),
    words: new TextColumn(),
    value: new TextColumn(),
    first_at: new FixedColumn("DateTime64(3, 'UTC')"),
    seen_at: new FixedColumn("DateTime64(3, 'UTC')"),
  } as const satisfies Record<string, NativeColumn>;
  for (const fact of facts) {
    columns.tenant.bytes.uint32(fact.tenantNo);
    columns.ref.push(refWord(fact.ref));
    columns.kind.push(fact.kind);
    columns.folded.push(fold(fact.value));
    columns.words.push(toWords(fact.value));
    columns.value.push(fact.value);
    columns.first_at.bytes.int64(fact.firstMs);
    columns.seen_at.bytes.int64(fact.seenMs);
  }
  return writeBlock(Object.entries(columns), facts.length);
}
