import type { JsonObject, ReadItem } from "@cairn/sources";
import Type, { type Static } from "typebox";

const text = Type.Optional(Type.String({ maxLength: 1_000 }));

/** What the address of a raw request says of its events. */
export const RawQuerySchema = Type.Object({
  channel: Type.Optional(Type.String({ maxLength: 100, description: "A UUID; asks for acknowledgement." })),
  host: text,
  source: text,
  sourcetype: text,
  index: text,
  time: text,
});
export type RawQuery = Static<typeof RawQuerySchema>;

/** Reads the body of `/services/collector/raw`: each line is an event, with what the address says of all of them. */
export function readRawLines(body: string, { channel: _channel, ...about }: RawQuery): ReadItem[] {
  const lines = body.split(/\r?\n/).filter((line) => line.trim() !== "");
  return lines.map((line) => ({ kind: "record", record: { ...about, event: line } as JsonObject, text: line }));
}
