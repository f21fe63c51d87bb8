import { Bytes } from "./bytes.ts";
import type { NativeColumn } from "./column.ts";
import { TextColumn } from "./text-column.ts";

/**
 * Writes one block of ClickHouse's Native format (as `FORMAT Native` over HTTP, protocol revision 0): number of columns
 * and rows, then for each column name, type and values. `out` is where it is put together; kept from block to block it
 * grows once.
 */
export function writeBlock(
  columns: readonly (readonly [string, NativeColumn])[],
  rowCount: number,
  out = new Bytes(1 << 16),
): Uint8Array<ArrayBuffer> {
  out.clear();
  out.varint(columns.length);
  out.varint(rowCount);
  const header = new TextColumn();
  for (const [name, column] of columns) {
    header.clear();
    header.push(name);
    header.push(column.type);
    header.writeTo(out);
    if (rowCount === 0) continue;
    column.writePrefix(out);
    column.writeTo(out);
  }
  return out.data.slice(0, out.length);
}
