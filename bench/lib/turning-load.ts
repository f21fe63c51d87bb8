import { setTimeout as sleep } from "node:timers/promises";
import { HttpConnection, requestHead } from "./http-connection.ts";
import type { RepeatableBody } from "./repeatable-body.ts";

/** Requests that are sent again and again, each time with other identities. */
export interface TurningRequests {
  readonly path: string;
  readonly key: string;
  readonly contentType: string;
  /** Events of one request. */
  readonly batch: number;
  /** More than there are connections. */
  readonly bodies: readonly RepeatableBody[];
}

/** Load until it is stopped. */
export interface TurningLoad {
  /** Events that were acknowledged so far. */
  acknowledged(): number;
  /** Waits for what is under way. @throws Error of a request that was refused */
  stop(): Promise<void>;
}

/** Every connection sends its next request as soon as the last is answered. */
export function turningLoad(port: number, requests: TurningRequests, connections: number): TurningLoad {
  const { path, key, contentType, batch } = requests;
  const idle = [...requests.bodies];
  const control = { acknowledged: 0, isStopped: false };
  const sender = async (): Promise<void> => {
    const connection = new HttpConnection(port, { keepBody: "unless_ok" });
    try {
      while (!control.isStopped) {
        const one = idle.shift()!;
        const head = requestHead(path, { key, contentType, headers: one.headers(), bodyBytes: one.body.length });
        await sendOnce(connection, { path, head, body: one.body });
        control.acknowledged += batch;
        one.turn();
        idle.push(one);
      }
    } finally {
      connection.close();
    }
  };
  const senders = Promise.all(Array.from({ length: connections }, sender));
  // Reported by stop(); until then a failure must not count as unhandled.
  senders.catch(() => undefined);
  return {
    acknowledged: () => control.acknowledged,
    async stop() {
      control.isStopped = true;
      await senders;
    },
  };
}

async function sendOnce(
  connection: HttpConnection,
  { path, head, body }: { readonly path: string; readonly head: string; readonly body: Buffer },
): Promise<void> {
  for (;;) {
    const answer = await connection.send(head, body);
    if (answer.status === 200 || answer.status === 201) return;
    if (answer.status !== 429 && answer.status !== 503)
      throw new Error(`${path} answered ${answer.status}: ${answer.body.slice(0, 500)}`);
    await sleep((answer.retryAfterSeconds ?? 1) * 1_000);
  }
}
