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

/** What the address of a raw request says of each of its lines. */
export function aboutOf({ channel: _channel, ...about }: RawQuery): Readonly<Record<string, string>> {
  return about;
}
