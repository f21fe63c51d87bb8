import type { Json } from "@cairn/event";
import { gapEvent, OKTA_SOURCE } from "@cairn/sources";
import { type Collected, type Collector, type CollectorParts, intervalMs, type Look, startOf } from "../collector.ts";
import { demandGood, nextLink, type OutboundAnswer, OutboundError, pauseOf } from "../outbound.ts";

/** Settings of a source that polls the System Log. */
export interface OktaPollerSettings {
  readonly url: string;
  readonly start_at?: string;
  readonly interval_seconds?: number;
}

/** Events of a page: at 10 kB each they stay below what is read at once. Okta would give 1,000. */
const PAGE = 500;
/** For how long Okta keeps the System Log. */
const RETENTION_MS = 90 * 86_400_000;
/** Begun anew by time, this much is read again: events become visible up to some minutes late. */
const OVERLAP_MS = 10 * 60_000;

/** Where a look goes on: with the query of Okta's own link, or by time when it takes that no more. */
interface Position {
  readonly since: string;
  readonly query?: string;
}

/** Reads `GET /api/v1/logs` as a polling request: ascending, without an end, on along `Link: rel="next"`. */
export function createOktaCollector(settings: OktaPollerSettings, parts: CollectorParts): Collector {
  const base = settings.url.replace(/\/$/, "");

  return async (look) => {
    const { nowMs, signal, lastPolledAtMs } = look;
    const known = positionOf(look.checkpoint);
    const position = known ?? { since: iso(startOf(settings.start_at, nowMs - RETENTION_MS)) };
    const { answer, asked } = await askFrom(position, (each) => ask(base, parts, { position: each, signal }));
    const { events, refused } = await parts.map(answer.text);
    const times = timesIn(answer.text);
    const gap = known === undefined ? undefined : gapSince(lastPolledAtMs, { oldest: times[0], nowMs });
    const query = queryOf(nextLink(answer.headers)) ?? asked.query;
    const since = times.at(-1) ?? asked.since;
    return {
      events: gap === undefined ? events : [gap, ...events],
      refused,
      state: { since, ...(query === undefined ? {} : { query }) },
      nextInMs: times.length < PAGE ? intervalMs(settings.interval_seconds) : 0,
      pauseMs: pauseOf(answer.headers, Date.now()),
      warnings: [],
    } satisfies Collected;
  };
}

type Asked = { readonly answer: OutboundAnswer; readonly asked: Position };

async function askFrom(position: Position, get: (position: Position) => Promise<OutboundAnswer>): Promise<Asked> {
  const answer = await get(position);
  const isRefusedCursor = position.query !== undefined && [400, 404, 410].includes(answer.status);
  if (!isRefusedCursor) {
    demandGood(answer, "GET /api/v1/logs");
    return { answer, asked: position };
  }
  const byTime = { since: iso(Date.parse(position.since) - OVERLAP_MS) };
  const again = await get(byTime);
  demandGood(again, "GET /api/v1/logs");
  return { answer: again, asked: byTime };
}

function ask(
  base: string,
  { outbound, secrets }: CollectorParts,
  { position, signal }: { readonly position: Position; readonly signal: AbortSignal },
): Promise<OutboundAnswer> {
  const url = new URL(`${base}/api/v1/logs`);
  const { since, query } = position;
  url.search = query ?? new URLSearchParams({ since, sortOrder: "ASCENDING", limit: String(PAGE) }).toString();
  return outbound({ method: "GET", url, headers: { authorization: `SSWS ${secrets.api_token ?? ""}` }, signal });
}

function positionOf(checkpoint: Json | undefined): Position | undefined {
  const { since, query } = (checkpoint ?? {}) as { readonly since?: unknown; readonly query?: unknown };
  if (typeof since !== "string") return undefined;
  return typeof query === "string" ? { since, query } : { since };
}

/** Only the query is taken from a link: the token goes nowhere but to the URL of the settings. */
function queryOf(link: string | undefined): string | undefined {
  if (link === undefined || !URL.canParse(link)) return undefined;
  return new URL(link).search || undefined;
}

/** Times of a page's events, for the position only. */
function timesIn(text: string): string[] {
  const page = JSON.parse(text) as unknown;
  if (!Array.isArray(page)) throw new OutboundError("GET /api/v1/logs answered something else than a list");
  return page.flatMap((event: { readonly published?: unknown } | null) => {
    const time = event?.published;
    return typeof time === "string" && !Number.isNaN(Date.parse(time)) ? [time] : [];
  });
}

/** What is missing when nobody has looked for longer than Okta keeps events. */
function gapSince(
  lastPolledAtMs: number | undefined,
  { oldest, nowMs }: Pick<Look, "nowMs"> & { readonly oldest: string | undefined },
) {
  const keptSinceMs = nowMs - RETENTION_MS;
  if (lastPolledAtMs === undefined || lastPolledAtMs >= keptSinceMs) return undefined;
  const toMs = oldest === undefined ? keptSinceMs : Math.max(Date.parse(oldest), lastPolledAtMs);
  return gapEvent({ source: OKTA_SOURCE, fromMs: lastPolledAtMs, toMs, reason: "Okta keeps events for 90 days" });
}

function iso(timeMs: number): string {
  return new Date(timeMs).toISOString();
}
