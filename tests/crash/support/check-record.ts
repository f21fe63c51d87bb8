import type { RecordedEvent } from "@cairn/event";
import { type Finding, fsck, instancePaths } from "@cairn/ledger";
import type { CairnProcess, Home } from "./cairn-process.ts";
import type { Producer } from "./producer.ts";

/** Reads a tenant's whole log in order of sequence, over HTTP. */
export async function readLog(server: Pick<CairnProcess, "url" | "key">): Promise<RecordedEvent[]> {
  const events: RecordedEvent[] = [];
  for (let after = ""; ; ) {
    const response = await fetch(`${server.url}/v1/changes?limit=1000&after=${after}`, {
      headers: { authorization: `Bearer ${server.key}` },
    });
    const page = (await response.json()) as {
      readonly changes: readonly { readonly event: RecordedEvent }[];
      readonly next: string;
    };
    for (const { event } of page.changes) events.push(event);
    if (page.changes.length === 0) return events;
    after = page.next;
  }
}

/**
 * Compares the log with what a producer knows. Gives a sentence for everything that is not as it was promised: nothing
 * acknowledged is lost, nothing is there twice, sequences are dense, receipts are the same again.
 */
export async function checkRecord(server: Pick<CairnProcess, "url" | "key">, producer: Producer): Promise<string[]> {
  const problems: string[] = [];
  const log = await readLog(server);
  const places = new Map<string, RecordedEvent>();
  for (const [i, event] of log.entries()) {
    if (event.sequence !== i) problems.push(`the ${i}th event has sequence ${event.sequence}`);
    if (i > 0 && event.received_at < log[i - 1]!.received_at) problems.push(`${i} was received before ${i - 1}`);
    if (places.has(event.id)) problems.push(`${event.id} is there twice`);
    places.set(event.id, event);
  }
  for (const [id, { event, receipt }] of producer.acknowledged) {
    const found = places.get(id);
    if (found === undefined) {
      problems.push(`${id} was acknowledged and is lost`);
      continue;
    }
    const { ledger, sequence, received_at, event_root } = found;
    const again = JSON.stringify({ ledger, sequence, received_at, event_root });
    if (again !== JSON.stringify(receipt)) problems.push(`${id} has another receipt than it got: ${again}`);
    if (JSON.stringify(found.details) !== JSON.stringify(event.details)) problems.push(`${id} has other details`);
  }
  return problems;
}

/** Sends everything again that a producer ever sent: all of it must be there exactly once then. */
export async function sendAgain(server: CairnProcess, producer: Producer): Promise<string[]> {
  const problems: string[] = [];
  const before = new Map(producer.acknowledged);
  const events = [...[...before.values()].map(({ event }) => event), ...producer.unanswered.values()];
  for (let i = 0; i < events.length; i += 500) {
    const status = await producer.send(server, events.slice(i, i + 500));
    if (status !== 200) problems.push(`sending again was answered with ${status}`);
  }
  for (const [id, { receipt }] of before) {
    if (JSON.stringify(producer.acknowledged.get(id)?.receipt) !== JSON.stringify(receipt))
      problems.push(`${id} got another receipt when it was sent again`);
  }
  return problems;
}

/** What fsck finds. */
export async function fsckFindings(home: Home): Promise<Finding[]> {
  const findings: Finding[] = [];
  await fsck({ paths: instancePaths(home.dataDir, home.stateDir), onFinding: (finding) => findings.push(finding) });
  return findings;
}
