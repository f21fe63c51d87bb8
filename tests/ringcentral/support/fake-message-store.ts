import type { Violation } from "./fake-audit-trail.ts";

/** A message as the list gives it. */
export interface FakeMessage {
  readonly id: number;
  readonly type: "Fax" | "SMS" | "VoiceMail" | "Pager";
  readonly direction: "Inbound" | "Outbound";
  readonly readStatus: "Read" | "Unread";
  readonly availability: "Alive" | "Deleted" | "Purged";
  readonly creationTime: string;
  readonly lastModifiedTime: string;
  readonly [member: string]: unknown;
}

const PARAMETERS = new Set([
  "availability",
  "dateFrom",
  "dateTo",
  "messageType",
  "readStatus",
  "direction",
  "page",
  "perPage",
]);
const DAY_MS = 86_400_000;
const MAX_PER_PAGE = 1_000;

/** Answers the list of messages, newest first; a text is why it does not. */
export function listMessages(
  messages: Iterable<FakeMessage>,
  query: URLSearchParams,
  { nowMs, baseUrl }: { readonly nowMs: number; readonly baseUrl: string },
): object | Violation {
  for (const name of query.keys()) if (!PARAMETERS.has(name)) return `parameter ${name}`;
  const timeOf = (name: string, fallbackMs: number) =>
    Date.parse(query.get(name) ?? new Date(fallbackMs).toISOString());
  const [fromMs, toMs] = [timeOf("dateFrom", nowMs - DAY_MS), timeOf("dateTo", nowMs)];
  if (Number.isNaN(fromMs) || Number.isNaN(toMs)) return "dateFrom or dateTo";
  const page = Number(query.get("page") ?? 1);
  const perPage = Number(query.get("perPage") ?? 100);
  if (!Number.isInteger(page) || page < 1) return "page";
  if (!Number.isInteger(perPage) || perPage < 1 || perPage > MAX_PER_PAGE) return "perPage";
  const wanted = (name: string, value: string, all: boolean) =>
    query.has(name) ? query.getAll(name).includes(value) : all;
  const found = [...messages]
    .filter((message) => {
      const createdMs = Date.parse(message.creationTime);
      return (
        createdMs >= fromMs &&
        createdMs <= toMs &&
        wanted("availability", message.availability, message.availability === "Alive") &&
        wanted("messageType", message.type, true) &&
        wanted("readStatus", message.readStatus, true) &&
        wanted("direction", message.direction, true)
      );
    })
    .toSorted((a, b) => Date.parse(b.creationTime) - Date.parse(a.creationTime));
  const totalPages = Math.ceil(found.length / perPage);
  return {
    uri: `${baseUrl}/message-store`,
    records: found.slice((page - 1) * perPage, page * perPage).map((message) => presentMessage(message, baseUrl)),
    paging: { page, totalPages, perPage, totalElements: found.length },
    navigation: page < totalPages ? { nextPage: { uri: `${baseUrl}/message-store?page=${page + 1}` } } : {},
  };
}

/** Gives a message the address of its pages. */
export function presentMessage(message: FakeMessage, baseUrl: string): object {
  const uri = `${baseUrl}/message-store/${message.id}`;
  const attachment = { id: message.id, uri: `${uri}/content/${message.id}`, type: "RenderedDocument" };
  return { uri, ...message, attachments: [{ ...attachment, contentType: "application/pdf" }] };
}
