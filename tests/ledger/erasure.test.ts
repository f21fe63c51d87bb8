import { readdirSync, readFileSync, statSync } from "node:fs";
import { join, relative } from "node:path";
import { DatabaseSync } from "node:sqlite";
import type { RecordedEvent } from "@cairn/event";
import {
  CONTROL_LOG,
  EVENT_LOG,
  EventReader,
  eventOf,
  instancePaths,
  lockDirectory,
  openReaderSide,
  openWriterSide,
  readLog,
  Segmenter,
  swapSegment,
  systemClock,
} from "@cairn/ledger";
import {
  createHashKernel,
  ed25519Verifier,
  encodeEntry,
  hexToBytes,
  leafHash,
  openCheckpoint,
  parseTlogProof,
  verifyDisclosure,
  verifyInclusion,
} from "@cairn/merkle";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type CairnProcess, createHome, type Home, startCairn } from "../crash/support/cairn-process.ts";
import { fsckFindings } from "../crash/support/check-record.ts";

/** Three events as a product's documentation shows them, in the short form. */
const SAMPLES = [
  `{
"timestamp": "2025-10-11T14:23:15Z",
"user": "jane.doe@company.com",
"action": "authentication.login.success",
"ip_address": "203.0.113.42",
"session_id": "sess_abc123",
"details": {
"method": "sso",
"provider": "okta"
}
}`,
  `{
"timestamp": "2025-10-11T14:30:00Z",
"user": "admin@company.com",
"action": "data.export.completed",
"resource": "voice_call_records",
"ip_address": "203.0.113.42",
"session_id": "sess_xyz789",
"details": {
"date_range": "2025-09-01 to 2025-09-30",
"format": "csv",
"record_count": 1523,
"file_size_mb": 12.4
}
}`,
  `{
"timestamp": "2025-10-11T15:45:30Z",
"user": "admin@company.com",
"action": "settings.retention_policy.updated",
"resource": "voice_recordings",
"ip_address": "203.0.113.42",
"session_id": "sess_xyz789",
"details": {
"before": "90 days",
"after": "180 days",
"reason": "compliance requirement update"
}
}`,
  // Not of the documentation: names and ids in every place where they can stand.
  `{"id": "told-everywhere", "action": "note.written", "actor": {"type": "user", "id": "u-4711", "name": "Jane Doe", "email": "jane.doe@company.com"},
"targets": [{"type": "patient", "id": "mrn-0815", "name": "Rüdiger Example"}], "context": {"ip": "203.0.113.42", "user_agent": "Agent Smith/1.0", "location": "Ulm"},
"description": "Jane Doe wrote to Rüdiger Example (mrn-0815)", "details": {"to": "Rüdiger Example", "by": ["u-4711", {"jane.doe@company.com": 1}]},
"labels": {"author": "Jane Doe"}, "outcome": {"result": "failure", "reason": "u-4711 may not"}}`,
];

/** What must be gone. */
const PERSONAL = [
  "jane.doe@company.com",
  "jane.doe",
  "admin@company.com",
  "203.0.113.42",
  "u-4711",
  "Jane Doe",
  "mrn-0815",
  "Rüdiger",
  "Agent Smith",
];

let home: Home;
let server: CairnProcess;
beforeAll(() => {
  home = createHome();
});
afterAll(async () => {
  await server?.kill();
  home.remove();
});

async function get(path: string): Promise<Response> {
  return fetch(server.url + path, { headers: { authorization: `Bearer ${server.key}` } });
}

/** Moves everything into a segment, as a server does after a day, and destroys every person's key by hand. */
function segmentAndDestroy(): void {
  const paths = instancePaths(home.dataDir, home.stateDir);
  const lock = lockDirectory(paths.lock);
  const side = openWriterSide(paths, systemClock);
  const swap = new Segmenter({ ...side, kernel: createHashKernel() }).build(side.writer.log(1, EVENT_LOG));
  if (swap === undefined) throw new Error("nothing is sealed");
  swapSegment(side.db, swap);
  side.keyring.destroyJournalKeys(1, side.writer.rotateJournalKey(1));
  side.close();
  // docs/formats/storage.md: what a person's erasure comes to.
  const keys = new DatabaseSync(paths.keys);
  keys.exec("PRAGMA secure_delete = ON");
  keys.exec("UPDATE subjects SET wrapped = NULL WHERE ref LIKE 'sub!_%' ESCAPE '!'");
  keys.exec("DELETE FROM identifiers WHERE ref LIKE 'sub!_%' ESCAPE '!'");
  keys.close();
  lock.release();
}

/** Everything a file holds, and everything that can still be opened, under a name. */
function* everything(): Generator<readonly [name: string, bytes: Buffer]> {
  for (const name of readdirSync(home.dataDir, { recursive: true, encoding: "utf8" })) {
    const path = join(home.dataDir, name);
    if (!statSync(path).isFile() || relative(home.dataDir, path).startsWith("index")) continue;
    yield [name, readFileSync(path)];
  }
  const side = openReaderSide(instancePaths(home.dataDir, home.stateDir));
  const reader = new EventReader(side);
  for (const kind of [EVENT_LOG, CONTROL_LOG] as const) {
    const { ledger, size } = readLog(side.db, 1, kind);
    if (kind === CONTROL_LOG) continue;
    for (const event of reader.range(1, ledger, { first: 0, count: size })) {
      yield [`event ${event.sequence}, opened`, Buffer.from(JSON.stringify([event.paths, event.values, event.parts]))];
      yield [`event ${event.sequence}, read`, Buffer.from(JSON.stringify(eventOf(event)))];
    }
  }
  reader.close();
  side.close();
}

/** Ways in which a text may be written. */
function spellings(text: string): Buffer[] {
  const bytes = Buffer.from(text);
  const inBase64 = [0, 1, 2].map((shift) => {
    const encoded = Buffer.concat([Buffer.alloc(shift), bytes]).toString("base64");
    // Without the characters at both ends, which depend on the neighbours.
    return Buffer.from(encoded.slice(shift === 0 ? 0 : 4, encoded.length - 4));
  });
  return [bytes, Buffer.from(text, "utf16le"), Buffer.from(bytes.toString("hex")), ...inBase64].filter(
    (each) => each.length >= 6,
  );
}

function traces(): string[] {
  const found: string[] = [];
  for (const [name, bytes] of everything()) {
    for (const text of PERSONAL)
      if (spellings(text).some((spelling) => bytes.includes(spelling))) found.push(`${text} in ${name}`);
  }
  return found;
}

describe("people whose keys are destroyed", () => {
  let sequences: number[];
  let before: string[];

  test("are known as long as their keys are there", async () => {
    server = await startCairn(home);
    sequences = [];
    for (const body of SAMPLES) {
      const response = await fetch(`${server.url}/v1/events?wait=sealed`, {
        method: "POST",
        headers: { authorization: `Bearer ${server.key}`, "content-type": "application/json" },
        body,
      });
      expect(response.status).toBe(200);
      const { results } = (await response.json()) as { results: { receipt: { sequence: number } }[] };
      sequences.push(results[0]!.receipt.sequence);
    }
    const events = await Promise.all(sequences.map(async (sequence) => (await get(`/v1/events/1/${sequence}`)).text()));
    for (const text of PERSONAL) expect(events.join()).toContain(text);
    before = await Promise.all(sequences.map(async (sequence) => (await get(`/v1/events/1/${sequence}/proof`)).text()));
    await server.kill();
    // The search itself finds what is there to be found.
    expect(traces().length).toBeGreaterThan(0);
  });

  test("leave no byte of name, address, id or e-mail in any file", () => {
    segmentAndDestroy();
    expect(traces()).toEqual([]);
  });

  test("leave proofs that hold, the old ones and new ones, and a record that is whole", async () => {
    expect(await fsckFindings(home)).toEqual([]);
    server = await startCairn(home);
    const { log } = (await (await get("/v1/tenant")).json()) as { log: { origin: string; vkey: string } };
    const trust = { log: [ed25519Verifier(log.vkey)], origin: log.origin };
    for (const [i, sequence] of sequences.entries()) {
      const event = (await (await get(`/v1/events/1/${sequence}`)).json()) as RecordedEvent;
      expect(event.actor).toMatchObject({ type: "user", ref: expect.stringMatching(/^sub_/) });
      expect(JSON.stringify(event)).not.toMatch(/jane|admin@|203\.0|4711|0815|diger/i);
      const entry = encodeEntry({
        kind: "event",
        receivedAt: Date.parse(event.received_at),
        eventRoot: hexToBytes(event.event_root),
      });
      const after = await (await get(`/v1/events/1/${sequence}/proof`)).text();
      for (const text of [before[i]!, after]) {
        const proof = parseTlogProof(Buffer.from(text));
        const opened = openCheckpoint(proof.checkpoint, trust);
        if (!opened.ok) throw new Error(opened.message);
        const claim = { leafIndex: proof.index, leafHash: leafHash(entry), hashes: proof.hashes };
        expect(verifyInclusion(claim, opened.checkpoint)).toMatchObject({ ok: true });
        const extra = JSON.parse(Buffer.from(proof.extra!).toString()) as { disclosure?: unknown };
        const shown = verifyDisclosure(extra.disclosure ?? extra, entry);
        expect(shown).toMatchObject({ ok: true, redactedCount: text === after ? expect.any(Number) : 0 });
        if (text === after && shown.ok) expect(shown.redactedCount).toBeGreaterThan(0);
      }
    }
  });

  test("stay forgotten while the log goes on", async () => {
    const again = await fetch(`${server.url}/v1/events`, {
      method: "POST",
      headers: { authorization: `Bearer ${server.key}`, "content-type": "application/json" },
      body: SAMPLES[0]!,
    });
    expect(again.status).toBe(200);
    const { results } = (await again.json()) as { results: { receipt: { sequence: number } }[] };
    const event = (await (await get(`/v1/events/1/${results[0]!.receipt.sequence}`)).json()) as RecordedEvent;
    const old = (await (await get(`/v1/events/1/${sequences[0]!}`)).json()) as RecordedEvent;
    // Whoever comes again after being forgotten is somebody new.
    expect(event.actor.id).toBe("jane.doe@company.com");
    expect(event.actor.ref).not.toBe(old.actor.ref);
    expect(old.actor.id).toBeUndefined();
    await server.kill();
    expect(await fsckFindings(home)).toEqual([]);
  });
});
