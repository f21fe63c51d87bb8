/** A record as RingCentral gives it. */
export interface FakeRecord {
  readonly id: string;
  readonly eventTime: string;
  readonly actionId: string;
  readonly [member: string]: unknown;
}

/**
 * How "10,000 total records" is read. `account`: the account holds so many, and what is older is gone. `search`: it holds all
 * of 180 days, and a search finds no more than so many.
 */
export type CapReading = "account" | "search";

export const CAP = 10_000;
const DAYS_MS = 180 * 86_400_000;
const MAX_PER_PAGE = 1_000;
const UTC = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;

/** What RingCentral would not take, in words. */
export type Violation = string;

interface SearchBody {
  readonly eventTimeFrom?: unknown;
  readonly eventTimeTo?: unknown;
  readonly page?: unknown;
  readonly perPage?: unknown;
}

/** Answers a search of the audit trail, newest first; a text is why it does not. */
export function searchAuditTrail(
  records: readonly FakeRecord[],
  body: unknown,
  { nowMs, reading }: { readonly nowMs: number; readonly reading: CapReading },
): object | Violation {
  if (typeof body !== "object" || body === null || Array.isArray(body)) return "the body is no object";
  const { eventTimeFrom, eventTimeTo, page = 1, perPage = 100, ...rest } = body as SearchBody;
  if (Object.keys(rest).length > 0) return `members that the API does not describe: ${Object.keys(rest)}`;
  for (const time of [eventTimeFrom, eventTimeTo])
    if (typeof time !== "string" || !UTC.test(time)) return `a time that is not UTC with milliseconds: ${time}`;
  if (!isInteger(page, 1, 1_000)) return `page ${page}`;
  if (!isInteger(perPage, 1, MAX_PER_PAGE)) return `perPage ${perPage}`;
  const newestFirst = records.toSorted((a, b) => Date.parse(b.eventTime) - Date.parse(a.eventTime));
  const there = newestFirst.filter(
    ({ eventTime }) => Date.parse(eventTime) >= nowMs - DAYS_MS && Date.parse(eventTime) <= nowMs,
  );
  const held = reading === "account" ? there.slice(0, CAP) : there;
  const fromMs = Date.parse(String(eventTimeFrom));
  const toMs = Date.parse(String(eventTimeTo));
  const within = held.filter(({ eventTime }) => Date.parse(eventTime) >= fromMs && Date.parse(eventTime) <= toMs);
  const found = within.slice(0, CAP);
  return {
    records: found.slice((page - 1) * perPage, page * perPage),
    paging: { page, perPage, total: Math.ceil(found.length / perPage), totalFound: found.length },
  };
}

function isInteger(value: unknown, low: number, high: number): value is number {
  return Number.isInteger(value) && Number(value) >= low && Number(value) <= high;
}
