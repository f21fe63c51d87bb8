import type { Json } from "@cairn/event";
import { auth0Gap, logIdAt, timeOfLogId } from "@cairn/sources";
import { askWithToken } from "../ask-with-token.ts";
import { clientCredentials } from "../client-credentials.ts";
import { type Collected, type Collector, type CollectorParts, intervalMs, type Look, startOf } from "../collector.ts";
import { demandGood, nextLink, OutboundError, pauseOf } from "../outbound.ts";

/** Settings of a source that polls the Management API. */
export interface Auth0PollerSettings {
  readonly url: string;
  readonly client_id: string;
  readonly audience?: string;
  readonly retention_days: number;
  readonly start_at?: string;
  readonly interval_seconds?: number;
}

/** Most logs that `GET /api/v2/logs` gives at once. */
const PAGE = 100;
const DAY_MS = 86_400_000;

/** Reads `GET /api/v2/logs` of an Auth0 tenant from a checkpoint on, in the order in which Auth0 took the logs in. */
export function createAuth0Collector(settings: Auth0PollerSettings, parts: CollectorParts): Collector {
  const base = settings.url.replace(/\/$/, "");
  const token = clientCredentials(parts.outbound, {
    url: new URL(`${base}/oauth/token`),
    clientId: settings.client_id,
    clientSecret: parts.secrets.client_secret ?? "",
    purpose: { audience: settings.audience ?? `${base}/api/v2/` },
    as: "json",
  });

  return async (look) => {
    const { checkpoint, nowMs, signal } = look;
    const known = fromOf(checkpoint);
    const from = known ?? logIdAt(startOf(settings.start_at, nowMs - settings.retention_days * DAY_MS));
    const url = new URL(`${base}/api/v2/logs`);
    url.search = new URLSearchParams({ from, take: String(PAGE) }).toString();
    const answer = await askWithToken({ outbound: parts.outbound, token }, { url, signal });
    demandGood(answer, "GET /api/v2/logs");
    const { events, refused } = await parts.map(answer.text);
    const ids = logIdsIn(answer.text);
    const gap = known === undefined ? undefined : gapSince(known, { ...look, settings, oldest: ids[0] });
    const next = fromOfLink(nextLink(answer.headers)) ?? ids.at(-1) ?? from;
    return {
      events: gap === undefined ? events : [gap, ...events],
      refused,
      state: { from: next },
      nextInMs: ids.length < PAGE ? intervalMs(settings.interval_seconds) : 0,
      pauseMs: pauseOf(answer.headers, Date.now()),
      warnings: [],
    } satisfies Collected;
  };
}

function fromOf(checkpoint: Json | undefined): string | undefined {
  const from = (checkpoint as { readonly from?: unknown } | null | undefined)?.from;
  return typeof from === "string" ? from : undefined;
}

/** Only the position is taken from a link: the token goes nowhere but to the URL of the settings. */
function fromOfLink(link: string | undefined): string | undefined {
  if (link === undefined || !URL.canParse(link)) return undefined;
  return new URL(link).searchParams.get("from") ?? undefined;
}

/** Ids of a page, for the position only: the mapping reads what is in it. */
function logIdsIn(text: string): string[] {
  const page = JSON.parse(text) as unknown;
  if (!Array.isArray(page)) throw new OutboundError("GET /api/v2/logs answered something else than a list");
  return page.flatMap((log: { readonly log_id?: unknown; readonly _id?: unknown } | null) => {
    const id = log?.log_id ?? log?._id;
    return typeof id === "string" ? [id] : [];
  });
}

/** What is missing when nobody has looked for longer than Auth0 keeps logs. */
function gapSince(
  from: string,
  {
    settings,
    oldest,
    lastPolledAtMs = 0,
    nowMs,
  }: Look & { readonly settings: Auth0PollerSettings; oldest?: string | undefined },
) {
  const retentionDays = settings.retention_days;
  if (lastPolledAtMs >= nowMs - retentionDays * DAY_MS) return undefined;
  // Up to the last look nothing is missing, however long before it the last log came.
  const checkpoint = (timeOfLogId(from) ?? 0) < lastPolledAtMs ? logIdAt(lastPolledAtMs) : from;
  return auth0Gap({ checkpoint, oldest, retentionDays, nowMs });
}
