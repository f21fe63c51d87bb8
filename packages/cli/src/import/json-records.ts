import { splitJson } from "./json-elements.ts";
import { type FileRecord, parseRecord } from "./record.ts";

/** Reads the records of a JSON document: an array, `{"events": […]}`, `{"Records": […]}`, or a single event. */
export async function* readJson(
  chunks: AsyncIterable<Uint8Array>,
  parse: typeof parseRecord = parseRecord,
): AsyncGenerator<FileRecord, void, undefined> {
  for await (const part of splitJson(chunks)) {
    if (part.kind === "element") {
      yield parse(part.bytes, part.line);
      continue;
    }
    const { kind: _, isEnd, ...fault } = part;
    yield { kind: "refused", ...fault, ...(isEnd ? { isEnd } : {}) };
  }
}
