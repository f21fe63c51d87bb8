import { readLines } from "../files/read-lines.ts";
import { type FileRecord, MAX_RECORD_BYTES, parseRecord } from "./record.ts";

const BYTE_ORDER_MARK = Buffer.from([0xef, 0xbb, 0xbf]);

/** Reads one record a line; empty lines are passed over, a carriage return before the newline is white space. */
export async function* readNdjson(
  chunks: AsyncIterable<Uint8Array>,
  parse: typeof parseRecord = parseRecord,
): AsyncGenerator<FileRecord, void, undefined> {
  for await (const { bytes, number, fault } of readLines(chunks, { maxLineBytes: MAX_RECORD_BYTES })) {
    const line =
      number === 1 && Buffer.compare(bytes.subarray(0, 3), BYTE_ORDER_MARK) === 0 ? bytes.subarray(3) : bytes;
    if (fault === "too_long") {
      const message = `the line has more than ${MAX_RECORD_BYTES} bytes`;
      yield { kind: "refused", line: number, code: "event_too_large", message };
    } else if (!isBlank(line)) yield parse(line, number);
  }
}

function isBlank(bytes: Uint8Array): boolean {
  return bytes.every((byte) => byte === 0x20 || byte === 0x09 || byte === 0x0d);
}
