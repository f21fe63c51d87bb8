import { type JsonObject, member, textOrNumber } from "../core/json-values.ts";

/** What of a message-store record tells that somebody had to do with it. */
export interface MessageRow {
  readonly id: string;
  readonly extensionId: string | undefined;
  readonly type: string;
  readonly direction: string | undefined;
  readonly readStatus: string | undefined;
  readonly availability: string;
  readonly messageStatus: string | undefined;
  readonly createdMs: number | undefined;
  readonly modifiedMs: number | undefined;
  readonly record: JsonObject;
}

/** Reads a record of the message store, from the list (number ids) or a webhook (text ids); undefined without an id. */
export function messageRowOf(record: JsonObject): MessageRow | undefined {
  const id = textOrNumber(record.id);
  if (id === undefined) return undefined;
  return {
    id,
    extensionId: textOrNumber(record.extensionId) ?? extensionOf(textOrNumber(record.uri)),
    type: textOrNumber(record.type) ?? "Message",
    direction: textOrNumber(record.direction),
    readStatus: textOrNumber(record.readStatus),
    availability: textOrNumber(record.availability) ?? "Alive",
    messageStatus: textOrNumber(record.messageStatus),
    createdMs: timeOf(textOrNumber(record.creationTime)),
    modifiedMs: timeOf(textOrNumber(record.lastModifiedTime)),
    record,
  };
}

/** The number of the other side: who sent an inbound message, whom an outbound one went to. */
export function partnerOf({ record, direction }: MessageRow): string | undefined {
  const side = direction === "Outbound" && Array.isArray(record.to) ? record.to[0] : record.from;
  return textOrNumber(member(side, "phoneNumber")) ?? textOrNumber(member(side, "extensionNumber"));
}

function extensionOf(uri: string | undefined): string | undefined {
  return /\/extension\/(\d+)\//.exec(uri ?? "")?.[1];
}

/** Webhooks write `+0000` where the list writes `Z`. */
function timeOf(text: string | undefined): number | undefined {
  const timeMs = Date.parse((text ?? "").replace(/([+-]\d\d)(\d\d)$/, "$1:$2"));
  return Number.isFinite(timeMs) && timeMs >= 0 ? timeMs : undefined;
}
