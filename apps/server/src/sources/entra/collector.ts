import type { Json } from "@cairn/event";
import { ENTRA_SOURCE, gapEvent } from "@cairn/sources";
import { askWithToken } from "../ask-with-token.ts";
import { clientCredentials } from "../client-credentials.ts";
import { type Collected, type Collector, type CollectorParts, startOf } from "../collector.ts";
import { demandGood, type OutboundAnswer, OutboundError } from "../outbound.ts";

/** Logs of Microsoft Graph below `/auditLogs/`, and which of their times they are read by. */
const LOGS = { signIns: "createdDateTime", directoryAudits: "activityDateTime" } as const;
export const ENTRA_LOGS = Object.keys(LOGS) as readonly EntraLog[];
export type EntraLog = keyof typeof LOGS;

/** Settings of a source that polls Microsoft Graph. */
export interface EntraPollerSettings {
  readonly tenant_id: string;
  readonly client_id: string;
  readonly logs?: readonly EntraLog[];
  readonly retention_days?: number;
  readonly login_url?: string;
  readonly graph_url?: string;
  readonly start_at?: string;
  readonly interval_seconds?: number;
}

const LOGIN = "https://login.microsoftonline.com";
const GRAPH = "https://graph.microsoft.com";
const PAGE = 500;
const DAY_MS = 86_400_000;
/** With Entra ID P1 or P2; 7 without. */
const RETENTION_DAYS = 30;
/** Records become visible up to an hour after their time: so much is read again, and what is known creates nothing. */
const OVERLAP_MS = 60 * 60_000;
/** Longest span that is asked for at once: the pages of one are fetched in one go. */
const SPAN_MS = DAY_MS;
const INTERVAL_SECONDS = 300;

/** How far one log has come: a span of time that is being read, and the query of its next page. */
interface Reading {
  readonly since: string;
  readonly span?: { readonly to: string; readonly query: string };
}

interface Position {
  /** Log that is looked at next. */
  readonly turn: number;
  readonly logs: Readonly<Record<string, Reading>>;
}

/** Reads sign-ins and directory audits of Microsoft Graph, span by span, a page at a time. */
export function createEntraCollector(settings: EntraPollerSettings, parts: CollectorParts): Collector {
  const graph = (settings.graph_url ?? GRAPH).replace(/\/$/, "");
  const login = (settings.login_url ?? LOGIN).replace(/\/$/, "");
  const logs = settings.logs ?? ENTRA_LOGS;
  const retentionMs = (settings.retention_days ?? RETENTION_DAYS) * DAY_MS;
  const token = clientCredentials(parts.outbound, {
    url: new URL(`${login}/${encodeURIComponent(settings.tenant_id)}/oauth2/v2.0/token`),
    clientId: settings.client_id,
    clientSecret: parts.secrets.client_secret ?? "",
    purpose: { scope: `${graph}/.default` },
    as: "form",
  });

  return async ({ checkpoint, lastPolledAtMs, nowMs, signal }) => {
    const known = checkpoint as unknown as Position | undefined;
    const turn = (known?.turn ?? 0) % logs.length;
    const log = logs[turn]!;
    const start = iso(startOf(settings.start_at, nowMs - retentionMs));
    const reading = known?.logs[log] ?? { since: start };
    const ask = (query: string) => {
      const url = new URL(`${graph}/v1.0/auditLogs/${log}`);
      url.search = query;
      return askWithToken({ outbound: parts.outbound, token }, { url, signal });
    };
    const span = reading.span ?? spanOf(log, reading.since, nowMs);
    const { answer, to } = await askSpan(ask, { span, fresh: () => spanOf(log, reading.since, nowMs) });
    const { events, refused } = await parts.map(answer.text);
    const query = nextQuery(answer.text);
    const after: Reading =
      query === undefined ? { since: behind(to, reading.since) } : { since: reading.since, span: { to, query } };
    const isCaughtUp = query === undefined && Date.parse(to) >= nowMs;
    const nextTurn = query === undefined && isCaughtUp ? turn + 1 : turn;
    const gap = gapSince(lastPolledAtMs, nowMs - retentionMs);
    return {
      events: gap === undefined ? events : [gap, ...events],
      refused,
      state: { turn: nextTurn % logs.length, logs: { ...known?.logs, [log]: after } } as unknown as Json,
      nextInMs: nextTurn < logs.length ? 0 : (settings.interval_seconds ?? INTERVAL_SECONDS) * 1_000,
      warnings: [],
    } satisfies Collected;
  };
}

type Span = NonNullable<Reading["span"]>;

function spanOf(log: EntraLog, since: string, nowMs: number): Span {
  const to = iso(Math.min(nowMs, Date.parse(since) + SPAN_MS + OVERLAP_MS));
  const filter = `${LOGS[log]} ge ${since} and ${LOGS[log]} lt ${to}`;
  return { to, query: `$filter=${encodeURIComponent(filter)}&$top=${PAGE}` };
}

/** Asks for a page; a page whose link is refused begins its span anew. */
async function askSpan(
  ask: (query: string) => Promise<OutboundAnswer>,
  { span, fresh }: { readonly span: Span; readonly fresh: () => Span },
): Promise<{ readonly answer: OutboundAnswer; readonly to: string }> {
  const answer = await ask(span.query);
  const isOldLink = span.query.includes("skiptoken") && [400, 404, 410].includes(answer.status);
  const again = isOldLink ? fresh() : span;
  const final = isOldLink ? await ask(again.query) : answer;
  demandGood(final, "Microsoft Graph");
  return { answer: final, to: again.to };
}

/** Where the next span begins: what may still become visible is read again, but never less than what is new. */
function behind(to: string, since: string): string {
  return iso(Math.max(Date.parse(to) - OVERLAP_MS, Date.parse(since)));
}

/** Only the query is taken from a link: the token goes nowhere but to Graph. */
function nextQuery(text: string): string | undefined {
  const page = JSON.parse(text) as { readonly value?: unknown; readonly "@odata.nextLink"?: unknown } | null;
  if (!Array.isArray(page?.value)) throw new OutboundError("Microsoft Graph answered something else than a page");
  const link = page["@odata.nextLink"];
  return typeof link === "string" && URL.canParse(link) ? new URL(link).search.slice(1) : undefined;
}

/** What is missing when nobody has looked for longer than the logs are kept. */
function gapSince(lastPolledAtMs: number | undefined, keptSinceMs: number) {
  if (lastPolledAtMs === undefined || lastPolledAtMs >= keptSinceMs) return undefined;
  const reason = "Entra ID does not keep its logs for longer";
  return gapEvent({ source: ENTRA_SOURCE, fromMs: lastPolledAtMs, toMs: keptSinceMs, reason });
}

function iso(timeMs: number): string {
  return new Date(timeMs).toISOString();
}
