import { readFileSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";
import { type Answer, call } from "../../api/support/call.ts";

interface Server {
  readonly url: string;
}

/** A source as the API shows it. */
export interface ShownSource {
  readonly id: string;
  readonly kind: string;
  readonly name: string;
  readonly enabled: boolean;
  readonly settings: Readonly<Record<string, unknown>>;
  readonly secrets: readonly string[];
  readonly version: number;
  readonly event_source: string | null;
  readonly url: string | null;
  /** Only when it was just made. */
  readonly token?: string;
  readonly since: string | null;
  readonly last_received_at: string | null;
  readonly last_polled_at: string | null;
  readonly counts: Readonly<Record<string, number>>;
  readonly gap_count: number;
  readonly gaps: readonly { readonly from: string; readonly to: string; readonly reason: string }[];
  readonly problem: { readonly message: string; readonly attempts: number } | null;
  readonly warnings: readonly string[];
}

/** An event as `GET /v1/changes` gives it. */
export interface LoggedEvent {
  readonly id: string;
  readonly action: string;
  readonly source: string;
  readonly source_action?: string;
  readonly description?: string;
  readonly outcome: { readonly result: string; readonly reason?: string };
  readonly targets?: readonly { readonly type: string; readonly id?: string }[];
  readonly actor?: { readonly id?: string; readonly name?: string };
  readonly changes?: readonly { readonly field: string; readonly before: unknown; readonly after: unknown }[];
  readonly details?: Readonly<Record<string, unknown>>;
}

/** Reads a file of samples of the room that maps them. */
export function sample(path: string): string {
  return readFileSync(new URL(`../../../packages/sources/testdata/${path}`, import.meta.url), "utf8");
}

/** Sets up a source. */
export async function makeSource(server: Server, key: string, body: object): Promise<ShownSource> {
  const answer = await call(server, { path: "/v1/sources", key, body });
  if (answer.status !== 201) throw new Error(`the source was not made: ${answer.status} ${answer.text}`);
  return answer.json<ShownSource>();
}

/** Looks at a source. */
export async function showSource(server: Server, key: string, id: string): Promise<ShownSource> {
  return (await call(server, { path: `/v1/sources/${id}`, key })).json<ShownSource>();
}

/** Sends a body to a webhook as its sender would. */
export function deliver(
  server: Server,
  source: Pick<ShownSource, "id" | "token">,
  body: string | Uint8Array,
  headers: Readonly<Record<string, string>> = {},
): Promise<Answer> {
  return call(server, {
    path: `/v1/sources/${source.id}/events`,
    body,
    headers: { authorization: `Bearer ${source.token}`, ...headers },
  });
}

/** Everything in a tenant's log that others recorded, in order. */
export async function logged(server: Server, key: string): Promise<LoggedEvent[]> {
  return (await everything(server, key)).filter(({ source }) => source !== "cairn");
}

/** What the server itself recorded of an action about something; waits until there is something. */
export function ownEvents(
  server: Server,
  key: string,
  { action, about }: { readonly action: string; readonly about: string },
): Promise<LoggedEvent[]> {
  const look = async () =>
    (await everything(server, key)).filter((event) => event.action === action && event.targets?.[0]?.id === about);
  return until(look, (found) => found.length > 0);
}

async function everything(server: Server, key: string): Promise<LoggedEvent[]> {
  const all: LoggedEvent[] = [];
  for (let after = ""; ; ) {
    const answer = await call(server, { path: `/v1/changes?limit=1000&after=${after}`, key });
    const { changes, next } = answer.json<{ changes: { event: LoggedEvent }[]; next: string }>();
    all.push(...changes.map(({ event }) => event));
    if (next === after) return all;
    after = next;
  }
}

/** Waits until something holds, and gives it. */
export async function until<T>(
  look: () => Promise<T> | T,
  holds: (found: T) => boolean,
  timeoutMs = 30_000,
): Promise<T> {
  for (const deadline = Date.now() + timeoutMs; ; await delay(50)) {
    const found = await look();
    if (holds(found)) return found;
    if (Date.now() > deadline) throw new Error(`it did not come to this: ${JSON.stringify(found)}`);
  }
}

/** What was refused of a source, newest first; waits until there is something. */
export async function rejects(server: Server, key: string, id: string, count = 1) {
  const look = async () =>
    (await call(server, { path: `/v1/sources/${id}/rejects`, key })).json<{
      rejects: { error: Record<string, unknown>; payload: string }[];
    }>().rejects;
  return until(look, (found) => found.length >= count);
}
