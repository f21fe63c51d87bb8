import type { RecordedEvent } from "@cairn/event";
import { type JsonObject, toAuditEvent } from "@cairn/sources";
import type { Place } from "../../../threads/reader-api.ts";

/** Writes an event as the AuditEvent that this server shows: observed by where it came from, of the tenant's site. */
export function resourceOf(event: RecordedEvent): JsonObject {
  return toAuditEvent(event, { observer: event.source, site: event.tenant });
}

/** The id of the resource of an event: its name in the ledger. */
export function resourceId({ ledger, sequence }: Place): string {
  return `e${ledger}-${sequence}`;
}

const ID = /^e([1-9]\d{0,2})-(0|[1-9]\d{0,14})$/;

/** The place in the ledger that an id names; undefined when it is none of ours. */
export function placeOfId(id: string): Place | undefined {
  const [, ledger, sequence] = ID.exec(id) ?? [];
  return ledger === undefined || sequence === undefined
    ? undefined
    : { ledger: Number(ledger), sequence: Number(sequence) };
}
