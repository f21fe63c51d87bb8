import { type Json, setMember } from "@cairn/event";
import { asObject, type JsonObject } from "../core/json-values.ts";
import { parseLossless } from "../core/read-json.ts";
import { SourceError } from "../core/source-error.ts";
import { readTime } from "../core/source-time.ts";
import { compileTimePattern } from "../core/time-pattern.ts";
import { type Zone, zoneOf } from "../core/zoned-time.ts";
import { parseCef } from "./cef.ts";
import { parseLeef } from "./leef.ts";
import { structuredData } from "./structured-data.ts";

export interface SyslogOptions {
  /** When the message came, Unix milliseconds: RFC 3164 has no years. */
  readonly receivedMs: number;
  /** IANA zone of times without an offset (RFC 3164); UTC when absent. */
  readonly zone?: string;
}

const decoder = new TextDecoder("utf-8", { fatal: true });
/** What RFC 5424 writes for nothing. */
const NIL = "-";

/**
 * Parses a syslog message, RFC 5424 or RFC 3164, into a record. A message in JSON, CEF or LEEF is opened. Bytes that are no
 * UTF-8, which RFC 3164 allows, are read as Latin-1.
 * @throws SourceError syslog_invalid, zone_unknown
 */
export function parseSyslog(bytes: Uint8Array, options: SyslogOptions): JsonObject {
  const text = decoded(bytes);
  const match = /^<(\d{1,3})>/.exec(text);
  const priority = Number(match?.[1] ?? Number.NaN);
  if (match === null || priority > 191)
    throw new SourceError("syslog_invalid", "a message begins with <priority>, 0 to 191");
  const record: Record<string, Json> = { facility: priority >> 3, severity: priority & 7 };
  const rest = text.slice(match[0].length);
  const parsed = /^\d{1,2} /.test(rest) ? parseModern(rest, record) : parseOld(rest, record, options);
  // Some senders leave the end of the line that they read.
  const message = parsed.replace(/[\r\n]+$/, "");
  if (message !== "") placeMessage(record, message);
  return record as JsonObject;
}

function decoded(bytes: Uint8Array): string {
  try {
    return decoder.decode(bytes);
  } catch {
    return Buffer.from(bytes).toString("latin1");
  }
}

/** RFC 5424: `1 TIMESTAMP HOST APP PROCID MSGID [SD] MSG`. */
function parseModern(text: string, record: Record<string, Json>): string {
  const fields = /^(\d{1,2}) (\S+) (\S+) (\S+) (\S+) (\S+) /.exec(text);
  if (fields === null) throw new SourceError("syslog_invalid", "a field of the header is missing (RFC 5424)");
  const [header, version = "", ...names] = fields;
  record.version = Number(version);
  for (const [i, key] of (["timestamp", "host", "app", "procid", "msgid"] as const).entries()) {
    const value = names[i] ?? NIL;
    if (value !== NIL) record[key] = value;
  }
  const { data, end } = structuredData(text, header.length);
  if (data !== undefined) record.structured_data = data;
  return text
    .slice(end)
    .replace(/^ /, "")
    .replace(/^\ufeff/, "");
}

const OLD_TIME = /^([A-Z][a-z]{2} [ \d]\d (?:\d{4} )?\d\d:\d\d:\d\d)(?:\.\d+)? /;
const ISO_TIME = /^(\d{4}-\d\d-\d\dT[\d:.]+(?:Z|[+-]\d\d:?\d\d)?) /;
const TAG = /^([^\s:[]{1,100})(?:\[([^\]]{0,100})\])?: ?/;

const WITHOUT_YEAR = compileTimePattern("yyyy MMM d HH:mm:ss");
const WITH_YEAR = compileTimePattern("MMM d yyyy HH:mm:ss");

/** RFC 3164: `Mmm dd hh:mm:ss HOST TAG[PID]: MSG`, or whatever came after the priority. */
function parseOld(text: string, record: Record<string, Json>, options: SyslogOptions): string {
  const old = OLD_TIME.exec(text);
  const iso = old === null ? ISO_TIME.exec(text) : null;
  const time = (old ?? iso)?.[1];
  if (time === undefined) return text;
  record.timestamp = time;
  const zone = options.zone === undefined ? undefined : zoneOf(options.zone);
  if (old !== null) placeOldTime(record, time, { zone, receivedMs: options.receivedMs });
  const afterTime = text.slice((old ?? iso)?.[0].length);
  const host = /^(\S+) /.exec(afterTime);
  // A colon belongs to a tag: some senders leave the host out.
  const hasHost = host !== null && !/[:\]]$/.test(host[1] ?? "");
  if (hasHost) record.host = host[1] ?? "";
  const afterHost = hasHost ? afterTime.slice(host[0].length) : afterTime;
  const tag = TAG.exec(afterHost);
  if (tag === null) return afterHost;
  record.app = tag[1] ?? "";
  if (tag[2] !== undefined && tag[2] !== "") record.procid = tag[2];
  return afterHost.slice(tag[0].length);
}

const DAY_MS = 86_400_000;

/** Of the years that fit, the one in which the message is not from the future. */
function placeOldTime(
  record: Record<string, Json>,
  text: string,
  { zone, receivedMs }: { readonly zone: Zone | undefined; readonly receivedMs: number },
): void {
  const given = WITH_YEAR(text)?.localMs;
  const year = new Date(receivedMs + DAY_MS).getUTCFullYear();
  const candidates = [year, year - 1]
    .map((each) => WITHOUT_YEAR(`${each} ${text}`)?.localMs)
    .filter((each) => each !== undefined);
  const localMs = given ?? candidates.find((each) => each <= receivedMs + DAY_MS);
  if (localMs === undefined || localMs < 0) return;
  const { timeMs, uncertainMs } =
    zone === undefined ? { timeMs: localMs, uncertainMs: undefined } : zone.place(localMs);
  const reading = readTime(timeMs, { kind: "epoch", unit: "ms" });
  if (reading.kind === "time") record.time = reading.time;
  if (uncertainMs !== undefined) record.time_uncertain_ms = uncertainMs;
}

/** Opens what is inside of the message when it is of a known form. */
function placeMessage(record: Record<string, Json>, message: string): void {
  const cef = parseCef(message);
  const leef = cef === undefined ? parseLeef(message) : undefined;
  const json = cef === undefined && leef === undefined ? jsonOf(message) : undefined;
  if (cef !== undefined) setMember(record, "cef", cef);
  else if (leef !== undefined) setMember(record, "leef", leef);
  else if (json !== undefined) setMember(record, "json", json);
  else record.message = message;
}

function jsonOf(message: string): JsonObject | undefined {
  const text = message.replace(/^@cee: ?/, "");
  if (!text.startsWith("{")) return undefined;
  try {
    return asObject(parseLossless(text));
  } catch (error) {
    if (error instanceof SourceError) return undefined;
    throw error;
  }
}
