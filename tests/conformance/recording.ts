import { createEventGenerator } from "@cairn/testkit";
import type { TenantClient } from "./tenant-client.ts";

const BATCH_EVENTS = 1_000;
const CONNECTIONS = 4;

/** Records batches of a thousand events by the generator: people, changes, details. */
export async function recordGenerated(client: TenantClient, batches: number): Promise<void> {
  const generator = createEventGenerator({ seed: 1, times: { kind: "live", nowMs: Date.now } });
  for (let i = 0; i < batches; i++) await client.record(new Uint8Array(generator.batch(BATCH_EVENTS)));
}

/** Records batches of a thousand events that are as small as they can be, several at a time. */
export async function recordSmall(client: TenantClient, batches: number, prefix: string): Promise<void> {
  let sent = 0;
  const send = async () => {
    while (sent < batches) {
      const batch = sent++;
      const events = Array.from({ length: BATCH_EVENTS }, (_, i) => ({
        id: `${prefix}-${batch}-${i}`,
        action: "job.finished",
      }));
      await client.record(JSON.stringify({ events }));
    }
  };
  await Promise.all(Array.from({ length: CONNECTIONS }, send));
}

/** Records 400 events with people in every place where people can be. */
export async function recordPeople(client: TenantClient, prefix: string): Promise<void> {
  const events = Array.from({ length: 400 }, (_, i) => ({
    id: `${prefix}-${i}`,
    action: i % 50 === 0 ? "patient.record.printed" : "patient.record.viewed",
    actor: { id: `u-${i % 9}`, name: `Jürgen Doe ${i % 9}`, email: `j${i % 9}@example.com` },
    targets: [{ type: "patient", id: `mrn-${i % 31}`, name: "Paula Пример" }],
    context: { ip: `203.0.113.${i % 256}`, user_agent: "curl/8.5.0" },
    description: `Jürgen Doe ${i % 9} opened the record of Paula Пример`,
    changes: [{ field: "consent", before: null, after: true }],
    details: { pages: i, ratio: 0.1, note: "\u2028 \u0007 <&>", nested: { a: [1, { b: "😀" }] } },
  }));
  await client.record(JSON.stringify({ events }));
}
