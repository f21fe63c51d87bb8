import type { EventInput, Json } from "@cairn/event";
import { gapEvent, MICROSOFT365_SOURCE } from "@cairn/sources";
import { askWithToken } from "../ask-with-token.ts";
import { clientCredentials } from "../client-credentials.ts";
import { type Collected, type Collector, type CollectorParts, startOf } from "../collector.ts";
import { demandGood, type OutboundAnswer, OutboundError } from "../outbound.ts";

/** What the Management Activity API divides the log into. */
export const CONTENT_TYPES = [
  "Audit.AzureActiveDirectory",
  "Audit.Exchange",
  "Audit.SharePoint",
  "Audit.General",
] as const;
export type ContentType = (typeof CONTENT_TYPES)[number];

/** Settings of a source that polls the Management Activity API. */
export interface Microsoft365PollerSettings {
  readonly tenant_id: string;
  readonly client_id: string;
  readonly content_types?: readonly ContentType[];
  readonly login_url?: string;
  readonly api_url?: string;
  readonly start_at?: string;
  readonly interval_seconds?: number;
}

const LOGIN = "https://login.microsoftonline.com";
const API = "https://manage.office.com";
const DAY_MS = 86_400_000;
/** The API takes no start that is older, and no span that is longer than a day. */
const RETENTION_MS = 7 * DAY_MS;
const SPAN_MS = DAY_MS;
/** A start at the very edge would be beyond it when the request arrives. */
const EDGE_MS = 60_000;
/** What is begun at the edge has so long until its start is beyond it: the pages of a list are asked for with the same start. */
const HEAD_START_MS = 60 * 60_000;
/** What became available so lately may not be in every list yet. */
const SETTLED_MS = 2 * 60_000;
const INTERVAL_SECONDS = 300;

/** How far one content type has come: what is listed and not fetched, and the list's next page. */
interface Reading {
  readonly since: string;
  readonly blobs: readonly string[];
  readonly page?: { readonly to: string; readonly query: string };
}

interface Position {
  /** Content type that is looked at next. */
  readonly turn: number;
  readonly types: Readonly<Record<string, Reading>>;
}

/** Reads the unified audit log: lists what became available, a day at most at a time, and fetches it blob by blob. */
export function createMicrosoft365Collector(settings: Microsoft365PollerSettings, parts: CollectorParts): Collector {
  const api = (settings.api_url ?? API).replace(/\/$/, "");
  const login = (settings.login_url ?? LOGIN).replace(/\/$/, "");
  const directory = encodeURIComponent(settings.tenant_id);
  const feed = `/api/v1.0/${directory}/activity/feed`;
  const types = settings.content_types ?? CONTENT_TYPES;
  const subscribed = new Set<string>();
  const token = clientCredentials(parts.outbound, {
    url: new URL(`${login}/${directory}/oauth2/v2.0/token`),
    clientId: settings.client_id,
    clientSecret: parts.secrets.client_secret ?? "",
    purpose: { scope: `${api}/.default` },
    as: "form",
  });
  const ask = (path: string, signal: AbortSignal, method: "GET" | "POST" = "GET"): Promise<OutboundAnswer> =>
    askWithToken({ outbound: parts.outbound, token }, { method, url: new URL(api + path), signal });

  async function subscribe(type: ContentType, signal: AbortSignal): Promise<void> {
    if (subscribed.has(type)) return;
    const answer = await ask(`${feed}/subscriptions/start?contentType=${type}`, signal, "POST");
    // AF20024: it is enabled already.
    if (!(answer.status === 400 && answer.text.includes("AF20024"))) demandGood(answer, "subscriptions/start");
    subscribed.add(type);
  }

  /** Lists a page of what became available; `isCaughtUp` when that is all there is by now. */
  async function list(type: ContentType, reading: Reading, nowMs: number, signal: AbortSignal) {
    await subscribe(type, signal);
    const { to, query } = reading.page ?? firstPage(type, reading.since, nowMs);
    const answer = await ask(`${feed}/subscriptions/content?${query}`, signal);
    demandGood(answer, "subscriptions/content");
    const more = nextQuery(answer);
    const blobs = blobsIn(answer.text, `${feed}/audit/`);
    const after: Reading = more === undefined ? { since: to, blobs } : { ...reading, blobs, page: { to, query: more } };
    const isCaughtUp = more === undefined && blobs.length === 0 && Date.parse(to) >= nowMs - SETTLED_MS;
    return { after, isCaughtUp };
  }

  return async ({ checkpoint, nowMs, signal }) => {
    const known = checkpoint as unknown as Position | undefined;
    const turn = (known?.turn ?? 0) % types.length;
    const type = types[turn]!;
    const keptSinceMs = nowMs - RETENTION_MS + EDGE_MS;
    const begun = known?.types[type] ?? {
      ...{ since: iso(startOf(settings.start_at, keptSinceMs + HEAD_START_MS)), blobs: [] },
    };
    const { reading, gap } = withinRetention(begun, { keptSinceMs, wasKnown: known?.types[type] !== undefined });
    const position = (next: Reading, at: number) =>
      ({ turn: at % types.length, types: { ...known?.types, [type]: next } }) as unknown as Json;
    const [blob, ...blobs] = reading.blobs;
    if (blob !== undefined) {
      const answer = await ask(blob, signal);
      demandGood(answer, "a content blob");
      const { events, refused } = await parts.map(answer.text);
      return { events, refused, state: position({ ...reading, blobs }, turn), nextInMs: 0, warnings: [] };
    }
    const { after, isCaughtUp } = await list(type, reading, nowMs, signal);
    const isRoundOver = isCaughtUp && turn + 1 === types.length;
    return {
      events: gap === undefined ? [] : [gap],
      state: position(after, isCaughtUp ? turn + 1 : turn),
      nextInMs: isRoundOver ? (settings.interval_seconds ?? INTERVAL_SECONDS) * 1_000 : 0,
      warnings: [],
    } satisfies Collected;
  };
}

/**
 * What was not yet asked for and is kept no longer: that is said, and passed over. A span that is being read goes on, until
 * nothing of it can be there any more: given up for the moment that passes between two looks, it would never come to an end.
 */
function withinRetention(
  reading: Reading,
  { keptSinceMs, wasKnown }: { readonly keptSinceMs: number; readonly wasKnown: boolean },
): { readonly reading: Reading; readonly gap?: EventInput } {
  const fromMs = Date.parse(reading.since);
  const isUnderWay = reading.page !== undefined || reading.blobs.length > 0;
  if (fromMs >= (isUnderWay ? keptSinceMs - SPAN_MS : keptSinceMs)) return { reading };
  const toMs = keptSinceMs + HEAD_START_MS;
  const fresh = { since: iso(toMs), blobs: [] };
  if (!wasKnown) return { reading: fresh };
  const reason = "Microsoft 365 gives its audit log for 7 days";
  return { reading: fresh, gap: gapEvent({ source: MICROSOFT365_SOURCE, fromMs, toMs, reason }) };
}

function firstPage(type: ContentType, since: string, nowMs: number): NonNullable<Reading["page"]> {
  const fromMs = Date.parse(since);
  const toMs = Math.max(fromMs, Math.min(nowMs - SETTLED_MS, fromMs + SPAN_MS));
  const query = `contentType=${type}&startTime=${short(since)}&endTime=${short(iso(toMs))}`;
  return { to: iso(toMs), query };
}

/** Only the query is taken from a link: the token goes nowhere but to the API. */
function nextQuery({ headers: { nextpageuri: link } }: OutboundAnswer): string | undefined {
  return typeof link === "string" && URL.canParse(link) ? new URL(link).search.slice(1) : undefined;
}

/** Paths of the blobs of a list, if they are of this directory. */
function blobsIn(text: string, below: string): string[] {
  const list = JSON.parse(text) as unknown;
  if (!Array.isArray(list)) throw new OutboundError("subscriptions/content answered something else than a list");
  return list.flatMap((each: { readonly contentUri?: unknown } | null) => {
    const link = each?.contentUri;
    if (typeof link !== "string" || !URL.canParse(link)) return [];
    const { pathname, search } = new URL(link);
    return pathname.toLowerCase().startsWith(below.toLowerCase()) ? [pathname + search] : [];
  });
}

function iso(timeMs: number): string {
  return new Date(timeMs).toISOString();
}

/** A time as the API wants it: to the second, without a zone. */
function short(time: string): string {
  return time.slice(0, 19);
}
