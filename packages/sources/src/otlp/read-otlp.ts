import type { JsonObject } from "../core/json-values.ts";
import type { ReadItem } from "../core/read-json.ts";
import { decodeText } from "../core/read-json.ts";
import { decodeOtlpJson } from "./decode-json.ts";
import { decodeOtlpProtobuf } from "./decode-protobuf.ts";

/**
 * Reads the body of `POST /v1/logs`.
 * @throws SourceError when the request as a whole cannot be read: OTLP answers that with 400
 */
export function readOtlp(body: Uint8Array, encoding: "json" | "protobuf"): ReadItem[] {
  const records = encoding === "json" ? decodeOtlpJson(decodeText(body)) : decodeOtlpProtobuf(body);
  return records.map((record: JsonObject) => ({
    kind: "record",
    record,
    // Written only when somebody wants it: for an original to keep, or a refusal to show.
    get text() {
      return JSON.stringify(record);
    },
  }));
}
