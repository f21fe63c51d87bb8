import { setTimeout as delay } from "node:timers/promises";
import type { TestServer } from "@cairn/testkit";
import { call } from "../../api/support/call.ts";

/** An event of a log, as far as these tests look at it. */
export interface LoggedEvent {
  readonly id: string;
  readonly occurred_at: string;
  readonly action: string;
  readonly source: string;
  readonly source_action?: string;
  readonly verb: string;
  readonly tenant: string;
  readonly ledger: number;
  readonly sequence: number;
  readonly actor: Readonly<Record<string, unknown>>;
  readonly targets?: readonly Readonly<Record<string, unknown>>[];
  readonly outcome: { readonly result: string; readonly reason?: string };
  readonly context?: Readonly<Record<string, unknown>>;
  readonly details?: Readonly<Record<string, unknown>>;
  readonly labels?: Readonly<Record<string, string>>;
  readonly description?: string;
}

interface Whose {
  readonly key: string;
  readonly tenant?: string;
}

/** The events of one source in a log, in the order of their sequence, without waiting for search. */
export async function logged(
  server: Pick<TestServer, "url">,
  { key, tenant }: Whose,
  source: string,
): Promise<readonly LoggedEvent[]> {
  const headers = tenant === undefined ? {} : { "cairn-tenant": tenant };
  const answer = await call(server, { path: "/v1/changes?after=&limit=1000", key, headers });
  const { changes } = answer.json<{ changes: { event: LoggedEvent }[] }>();
  return changes.map(({ event }) => event).filter((event) => event.source === source);
}

/** What was refused of a tenant; waits until something is kept, which nobody else waits for. */
export async function refused(server: Pick<TestServer, "url">, key: string): Promise<readonly { event: unknown }[]> {
  for (let tries = 0; ; tries++) {
    const answer = await call(server, { path: "/v1/refused", key });
    const list = answer.json<{ refused: { event: unknown }[] }>().refused;
    if (list.length > 0 || tries > 50) return list;
    await delay(100);
  }
}
