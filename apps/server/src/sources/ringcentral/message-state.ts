import type { Json } from "@cairn/event";
import type { MessageObservation } from "@cairn/sources";

type MessageRecord = NonNullable<MessageObservation["current"]>;

/** What is remembered of a message: what a later look is compared with, and nothing of what it says. */
export type KnownMessage = readonly [
  type: string,
  direction: string,
  readStatus: string,
  availability: string,
  messageStatus: string,
  creationTime: string,
  lastModifiedTime: string,
  extensionId: string,
];

/** What a collector of the message store knows, by the id of the message. */
export type KnownMessages = Readonly<Record<string, KnownMessage>>;

const MEMBERS = [
  "type",
  "direction",
  "readStatus",
  "availability",
  "messageStatus",
  "creationTime",
  "lastModifiedTime",
  "extensionId",
] as const;

/** What is stored between two looks. */
export interface MessageState {
  readonly messages: KnownMessages;
  /** When the look was that found them so, Unix milliseconds. */
  readonly lookedAtMs: number;
}

/** Reads a checkpoint; undefined at the first look. */
export function messageStateOf(checkpoint: Json | undefined): MessageState | undefined {
  return (checkpoint ?? undefined) as MessageState | undefined;
}

/** Remembers a record. */
export function remember(record: MessageRecord): KnownMessage {
  const extensionId = /\/extension\/(\d+)\//.exec(text(record.uri))?.[1] ?? "";
  const known = MEMBERS.map((name) =>
    name === "extensionId" ? text(record[name]) || extensionId : text(record[name]),
  );
  return known as unknown as KnownMessage;
}

/** Gives a record back as far as it was remembered. */
export function recall(id: string, known: KnownMessage): MessageRecord {
  const members = MEMBERS.map((name, i) => [name, known[i] ?? ""] as const).filter(([, value]) => value !== "");
  return { id, ...Object.fromEntries(members) };
}

function text(value: Json | undefined): string {
  return typeof value === "string" || typeof value === "number" ? String(value) : "";
}
