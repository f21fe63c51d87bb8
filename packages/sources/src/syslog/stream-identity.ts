import { hash } from "node:crypto";
import type { JsonObject } from "../core/json-values.ts";
import { readAt } from "../core/leftovers.ts";

/** Gives the identity of each message of one connection, in the order in which they came. */
export type StreamIdentity = (message: Uint8Array, record: JsonObject) => string;

/** Where a record says when it happened: the header, the header above an audit message, the audit message. */
const TIMES = ["/timestamp", "/syslog/timestamp", "/EventIdentification/0/EventDateTime"] as const;
/** A time finer than a second. A clock that only knows seconds writes zeros. */
const FINE_TIME = /[T ]\d\d:\d\d:\d\d[.,](?=\d*[1-9])\d{3}/;
/** Messages of which is remembered how often they came: equal ones that tell fractions of a second follow close. */
const REMEMBERED = 10_000;

/**
 * Tells the messages of one connection apart: they have no identity of their own. Equal bytes on one connection are several
 * events. On another connection they are the same event sent again when they carry a time finer than a second; coarser
 * ones may well be another event of that second, and rather stand there twice than not at all.
 */
export function createStreamIdentity(connection: string): StreamIdentity {
  const seen = new Map<string, number>();
  let coarse = 0;
  return (message, record) => {
    const digest = hash("sha256", message);
    if (!isFine(record)) return identity(`${digest}\n${connection}\n${coarse++}`);
    const ordinal = seen.get(digest) ?? 0;
    seen.delete(digest);
    seen.set(digest, ordinal + 1);
    if (seen.size > REMEMBERED) for (const oldest of seen.keys().take(1)) seen.delete(oldest);
    return identity(`${digest}\n${ordinal}`);
  };
}

function isFine(record: JsonObject): boolean {
  return TIMES.some((pointer) => {
    const time = readAt(record, pointer);
    return typeof time === "string" && FINE_TIME.test(time);
  });
}

function identity(text: string): string {
  return `sha256:${hash("sha256", text)}`;
}
