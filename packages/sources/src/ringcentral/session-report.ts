import { setMember } from "@cairn/event";
import { byHeader } from "../core/by-header.ts";
import { createDraft } from "../core/create-draft.ts";
import type { Draft } from "../core/draft.ts";
import type { JsonObject } from "../core/json-values.ts";
import { text } from "../core/json-values.ts";
import { pointerTo } from "../core/leftovers.ts";
import { deriveIdentity } from "../core/record-identity.ts";
import { SourceError } from "../core/source-error.ts";
import type { MapContext, MappedEvent, SourceMapping } from "../core/source-mapping.ts";
import type { TimeForm } from "../core/source-time.ts";
import { compileTimePattern } from "../core/time-pattern.ts";
import { type Zone, zoneOf } from "../core/zoned-time.ts";
import { RINGCENTRAL_SOURCE } from "./audit-trail.ts";

export interface SessionReportOptions {
  /** IANA zone of the report's times. */
  readonly zone: string;
  /** The login of the account: one for all who share it. */
  readonly account: string;
}

/** Columns by what they hold, in lower case: reports differ in their headers. */
const COLUMNS = {
  kind: ["type", "kind", "session type", "activity"],
  caller: ["caller id", "callerid", "ip", "ip address", "address"],
  login: ["login", "login time", "start", "start time", "date", "logged in"],
  logout: ["logout", "logout time", "end", "end time", "logged out"],
  duration: ["duration", "length"],
} as const;

type Column = keyof typeof COLUMNS;

const PATTERNS = [
  "M/d/yyyy h:mm:ss a",
  "M/d/yyyy h:mm a",
  "M/d/yyyy H:mm:ss",
  "M/d/yyyy H:mm",
  "yyyy-MM-dd HH:mm:ss",
  "yyyy-MM-dd HH:mm",
].map(compileTimePattern);

/** Which of the events of a row a part stands for; not a column of any report. */
const PART = "session_event";

/**
 * Makes the mapping of the session report that RingCentral's support sends on request: `web` rows are somebody who signed in
 * with the account's one login, from the address in the caller id, and become a login and a logout; `incoming fax` rows are
 * faxes, with the sender's number. Who the person was, the report does not tell.
 */
export function createSessionReportMapping({ zone: zoneName, account }: SessionReportOptions): SourceMapping {
  const times = timesIn(zoneOf(zoneName));
  return {
    name: RINGCENTRAL_SOURCE,
    divide: (row) =>
      isWeb(row) && cell(row, "logout") !== undefined ? ["login", "logout"].map((part) => withPart(row, part)) : [row],
    map: (row, context) => mapRow(row, context, { times, account }),
  };
}

function withPart(row: JsonObject, part: string): JsonObject {
  const copy = { ...row };
  setMember(copy, PART, part);
  return copy;
}

/** Finds the column that holds something, whatever its header is. */
function columnOf(row: JsonObject, column: Column): string | undefined {
  for (const key in row) if (columnNamed(key) === column) return key;
  return undefined;
}

const COLUMN_OF: ReadonlyMap<string, Column> = new Map(
  Object.entries(COLUMNS).flatMap(([column, names]) => names.map((name) => [name, column as Column] as const)),
);
const columnNamed = byHeader((header) => COLUMN_OF.get(header.trim().toLowerCase()));

function cell(row: JsonObject, column: Column): string | undefined {
  const key = columnOf(row, column);
  return key === undefined ? undefined : text(row[key]);
}

function isWeb(row: JsonObject): boolean {
  return /^web$/i.test(cell(row, "kind")?.trim() ?? "");
}

function mapRow(
  row: JsonObject,
  context: MapContext,
  options: { readonly times: readonly TimeForm[]; readonly account: string },
): MappedEvent {
  const kind = cell(row, "kind");
  const kindKey = columnOf(row, "kind");
  if (kind === undefined || kindKey === undefined) {
    throw new SourceError("shape_invalid", "a row of the session report has a type: web or incoming fax");
  }
  const draft = createDraft(row, context, RINGCENTRAL_SOURCE);
  // A fax that went to several accounts stands in each one's report, in the same words.
  draft.set("id", deriveIdentity({ account: options.account, row }, context.countEquals), "derived");
  const isLogout = row[PART] === "logout";
  const timeKey = columnOf(row, isLogout ? "logout" : "login");
  if (timeKey !== undefined) draft.moveTime(pointerTo("", timeKey), ...options.times);
  draft.move("source_action", pointerTo("", kindKey));
  const callerKey = columnOf(row, "caller");
  const caller = callerKey === undefined ? undefined : pointerTo("", callerKey);
  if (isWeb(row)) placeSession(draft, { isLogout, caller, account: options.account });
  else placeOther(draft, kind, { caller, account: options.account });
  return draft.finish();
}

function timesIn(zone: Zone): TimeForm[] {
  return [...PATTERNS.map((pattern): TimeForm => ({ kind: "pattern", pattern, zone })), { kind: "rfc3339", zone }];
}

interface Session {
  readonly isLogout: boolean;
  readonly caller: string | undefined;
  readonly account: string;
}

function placeSession(draft: Draft, { isLogout, caller, account }: Session): void {
  draft.set("action", isLogout ? "session.logout" : "session.login");
  draft.set("verb", isLogout ? "logout" : "login");
  draft.set("category", "authentication");
  draft.set("outcome.result", "success");
  draft.set("actor.type", "user");
  draft.set("actor.id", account, "account");
  draft.set("context.client.kind", "web");
  draft.label("actor_is", "account");
  if (caller !== undefined) draft.move("context.ip", caller);
}

function placeOther(draft: Draft, kind: string, { caller, account }: Omit<Session, "isLogout">): void {
  const isFax = /fax/i.test(kind);
  if (!isFax) draft.warn(`unknown_code:${kind}`);
  draft.set("action", isFax ? "message.received" : "session.other");
  draft.set("verb", isFax ? "create" : "other");
  draft.set("category", isFax ? "message_access" : "other");
  draft.set("outcome.result", isFax ? "success" : "unknown");
  if (isFax) {
    draft.set("data_category", "fax");
    draft.set("recipient", account, "account");
  }
  const hasCaller = caller !== undefined && draft.textAt(caller) !== undefined;
  draft.set("actor.type", hasCaller ? "user" : "anonymous");
  if (caller !== undefined) draft.move("actor.id", caller);
}
