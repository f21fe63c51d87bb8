import { randomUUID } from "node:crypto";
import type { Receipt } from "@cairn/event";
import type { CairnProcess } from "./cairn-process.ts";

type Event = Readonly<Record<string, unknown>>;

interface Result {
  readonly status: "created" | "duplicate" | "conflict" | "rejected";
  readonly id: string;
  readonly receipt?: Receipt;
}

/** What a producer knows: what it sent, and what was acknowledged. */
export class Producer {
  /** Events that were acknowledged, by id. */
  readonly acknowledged = new Map<string, { readonly event: Event; readonly receipt: Receipt }>();
  /** Events that were sent and not acknowledged: nobody knows. */
  readonly unanswered = new Map<string, Event>();
  private count = 0;

  /** Makes events of people and services; each person is new to the ledger now and then. */
  make(count: number): Event[] {
    return Array.from({ length: count }, () => {
      const n = this.count++;
      return {
        id: randomUUID(),
        occurred_at: new Date(1_772_600_000_000 + n * 1_000).toISOString(),
        action: n % 5 === 0 ? "build.started" : "patient.record.viewed",
        actor:
          n % 5 === 0
            ? { type: "service", id: "ci" }
            : { type: "user", id: `u-${n % 40}`, email: `user${n % 40}@example.com`, name: `User ${n % 40}` },
        targets: [{ type: "patient", id: `mrn-${n}`, name: `Patient ${n}` }],
        context: { ip: "203.0.113.42" },
        details: { n, note: `seen by user${n % 40}@example.com` },
      };
    });
  }

  /** Sends events and notes what is acknowledged. Gives the HTTP status; 0 when no answer came. */
  async send(server: Pick<CairnProcess, "url" | "key">, events: readonly Event[], query = ""): Promise<number> {
    for (const event of events) this.unanswered.set(String(event.id), event);
    let response: Response;
    let results: readonly Result[];
    try {
      response = await fetch(`${server.url}/v1/events${query}`, {
        method: "POST",
        headers: { authorization: `Bearer ${server.key}`, "content-type": "application/json" },
        body: JSON.stringify({ events }),
      });
      results = ((await response.json()) as { results?: readonly Result[] }).results ?? [];
    } catch {
      return 0;
    }
    for (const { id, status, receipt } of results) {
      const event = this.unanswered.get(id);
      if (event === undefined || receipt === undefined || (status !== "created" && status !== "duplicate")) continue;
      const { ledger, sequence, received_at, event_root } = receipt;
      this.acknowledged.set(id, { event, receipt: { ledger, sequence, received_at, event_root } });
      this.unanswered.delete(id);
    }
    return response.status;
  }

  /** Sends until the server stops answering, over several connections at once. */
  async load(
    server: CairnProcess,
    options: { readonly connections: number; readonly untilMs?: number },
  ): Promise<void> {
    let isOver = false;
    void server.ended.then(() => {
      isOver = true;
    });
    const deadline = Date.now() + (options.untilMs ?? 60_000);
    const connection = async (): Promise<void> => {
      for (let round = 0; !isOver && Date.now() < deadline; round++) {
        const events = this.make(1 + (round % 7) * 3);
        await this.send(server, events, round % 3 === 0 ? "?wait=sealed" : "");
      }
    };
    await Promise.all(Array.from({ length: options.connections }, connection));
  }
}
