import { type ReadItem, SourceError } from "@cairn/sources";

const decoder = new TextDecoder("utf-8", { fatal: true });

/** Text of bytes, or the record that they are refused as. A byte order mark is passed over. */
export function decodeRecord(bytes: Uint8Array): string | Extract<ReadItem, { kind: "refused" }> {
  try {
    return decoder.decode(bytes);
  } catch {
    const error = new SourceError("utf8_invalid", "the bytes are not UTF-8");
    return { kind: "refused", error, text: Buffer.from(bytes).toString() };
  }
}
