import { refWord } from "@cairn/event";
import { writeBlock } from "../native/block.ts";
import { FixedColumn, type NativeColumn } from "../native/column.ts";
import { TextColumn } from "../native/text-column.ts";

/** Which person a reference stands for, to be put into the table `same_people`. */
export interface SamePersonRow {
  readonly tenantNo: number;
  readonly ref: string;
  /** Any of the person's references, for all of them the same one; undefined: the reference is a person by itself again. */
  readonly person: string | undefined;
  /** When it was said, Unix milliseconds: of several words on one reference the newest counts. */
  readonly saidMs: number;
}

/** Writes a block for the table `same_people`. */
export function writeSameBlock(rows: readonly SamePersonRow[]): Uint8Array<ArrayBuffer> {
  const columns = {
    tenant: new FixedColumn("UInt32"),
    ref: new TextColumn(),
    person: new TextColumn(),
    said_at: new FixedColumn("DateTime64(3, 'UTC')"),
  } as const satisfies Record<string, NativeColumn>;
  for (const { tenantNo, ref, person, saidMs } of rows) {
    columns.tenant.bytes.uint32(tenantNo);
    columns.ref.push(refWord(ref));
    columns.person.push(person === undefined ? "" : refWord(person));
    columns.said_at.bytes.int64(saidMs);
  }
  return writeBlock(Object.entries(columns), rows.length);
}
