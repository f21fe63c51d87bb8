import {
  decodeEntry,
  leafHash,
  parsePolicy,
  parseTlogProof,
  splitEntryBundle,
  verifyDisclosure,
  verifyTlogProof,
} from "@cairn/merkle";
import { startServer, type TestServer } from "@cairn/testkit";
import { afterAll, beforeAll, expect, test } from "vitest";
import { call, record } from "./support/call.ts";

let server: TestServer;
let key: string;
beforeAll(async () => {
  server = await startServer();
  key = await server.createKey({ tenant: "acme", scopes: ["events:write", "events:read"] });
});
afterAll(() => server.remove());

interface Sealed {
  results: { status: string; receipt: { sequence: number; event_root: string; received_at: string }; proof: string }[];
}

/** The entry of an event, from the log's own files: what an auditor would fetch. */
async function entryOf(logId: string, sequence: number, size: number): Promise<Uint8Array> {
  const bundle = Math.floor(sequence / 256);
  const width = Math.min(256, size - bundle * 256);
  const n = String(bundle).padStart(3, "0");
  const path = `/log/${logId}/tile/entries/${n}${width === 256 ? "" : `.p/${width}`}`;
  const { bytes, status } = await call(server, { path, key });
  expect(status).toBe(200);
  return splitEntryBundle(bytes, width)[sequence % 256]!;
}

test("wait=sealed answers with a proof of every event, which verifies with the key of the log alone", async () => {
  const event = {
    action: "patient.viewed",
    actor: { id: "u-1", name: "Jane Doe", email: "jane@example.com" },
    targets: [{ type: "patient", id: "p-7", name: "Mary Major" }],
    details: { pages: [1, 2], reason: "Jane Doe asked" },
  };
  const sealed = (await record(server, key, [event, { action: "door.opened" }], "wait=sealed")).json<Sealed>();
  const { log } = (await call(server, { path: "/v1/tenant", key })).json<{ log: { id: string; vkey: string } }>();
  const policy = parsePolicy(`log ${log.vkey}\nquorum none\n`);
  expect(sealed.results.map(({ status }) => status)).toEqual(["created", "created"]);
  for (const [i, { receipt, proof }] of sealed.results.entries()) {
    const parsed = parseTlogProof(Buffer.from(proof));
    expect(Number(parsed.index)).toBe(receipt.sequence);
    const { checkpoint } = parsed;
    const size = Number(Buffer.from(checkpoint).toString().split("\n")[1]);
    const entry = await entryOf(log.id, receipt.sequence, size);
    const verdict = verifyTlogProof(Buffer.from(proof), { leafHash: leafHash(entry), policy });
    expect(verdict).toMatchObject({ ok: true });
    const decoded = decodeEntry(entry);
    if (decoded.kind === "checkpoint") throw new Error("not an event");
    expect(Buffer.from(decoded.eventRoot).toString("hex")).toBe(receipt.event_root);
    expect(new Date(decoded.receivedAt).toISOString()).toBe(receipt.received_at);
    const extra = JSON.parse(Buffer.from(parsed.extra!).toString()) as { disclosure?: unknown };
    const shown = verifyDisclosure(extra.disclosure ?? extra, entry);
    if (!shown.ok) throw new Error(shown.message);
    const values = new Map(shown.units.map((unit) => [unit.path, Buffer.from(unit.value).toString()]));
    expect(values.get("/action")).toBe(JSON.stringify(i === 0 ? "patient.viewed" : "door.opened"));
    expect(values.get("/log")).toBeDefined();
    // Another event's entry is not proven by it.
    const other = await entryOf(log.id, receipt.sequence - 1, size);
    expect(verifyTlogProof(Buffer.from(proof), { leafHash: leafHash(other), policy })).toMatchObject({ ok: false });
    expect(verifyDisclosure(extra.disclosure ?? extra, other)).toMatchObject({ ok: false });
  }
});

test("a duplicate gets a proof of the first; the route gives the same as the answer", async () => {
  const event = { id: "proof-1", action: "door.opened", occurred_at: "2026-03-04T05:06:07.089Z" };
  const first = (await record(server, key, event, "wait=sealed")).json<Sealed>().results[0]!;
  const again = (await record(server, key, event, "wait=sealed")).json<Sealed>().results[0]!;
  expect(again.status).toBe("duplicate");
  expect(parseTlogProof(Buffer.from(again.proof)).index).toBe(BigInt(first.receipt.sequence));
  const path = `/v1/events/1/${first.receipt.sequence}/proof`;
  const answer = await call(server, { path, key });
  expect(answer.headers.get("content-type")).toMatch(/^text\/plain/);
  expect(parseTlogProof(answer.bytes).index).toBe(BigInt(first.receipt.sequence));
});

test("a refused event gets none, and does not keep the others waiting", async () => {
  const answer = await record(server, key, [{ action: "a.b" }, { nope: 1 }], "wait=sealed");
  expect(answer.status).toBe(207);
  const { results } = answer.json<{ results: { status: string; proof?: string }[] }>();
  expect(results.map(({ status, proof }) => [status, proof !== undefined])).toEqual([
    ["created", true],
    ["rejected", false],
  ]);
});
