import { createHash } from "node:crypto";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  createHashKernel,
  ed25519Verifier,
  openCheckpoint,
  parsePolicy,
  parseTlogProof,
  verifyConsistency,
  verifyDisclosure,
  verifyInclusion,
  verifyTileLog,
} from "@cairn/merkle";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createFilledInstance, type FilledInstance } from "../fsck/filled-instance.fixture.ts";
import { CONTROL_LOG, EVENT_LOG, evidenceBundle, readHead, tarArchive, writeDirectory } from "../index.ts";
import type { BundleFile } from "./bundle-file.ts";

let directory: string;
let instance: FilledInstance;

beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), "cairn-evidence-test-"));
  instance = createFilledInstance(directory);
});
afterAll(() => {
  instance.close();
  rmSync(directory, { recursive: true });
});

const CHOSEN = [3, 4, 5, 349, 350, 351, 560];

function bundle(kind: "full" | "compact", sequences: readonly number[] = CHOSEN) {
  const { side, tenants } = instance;
  const tenantNo = tenants[0]!;
  const head = (log: typeof EVENT_LOG | typeof CONTROL_LOG) => readHead(side.db, { tenantNo, log, ledger: 1 })!;
  return evidenceBundle({
    ...side,
    signingSecret: side.secrets.signingSecret,
    kernel: createHashKernel(),
    tenantNo,
    ledger: 1,
    kind,
    control: head(CONTROL_LOG),
    announcement: instance.announcement,
    checkpoint: head(EVENT_LOG),
    query: 'actor:"Jane"',
    sequences: [sequences.slice(0, 2), sequences.slice(2)],
    show: (path) => path !== "/details/page",
  });
}

async function exported(kind: "full" | "compact"): Promise<string> {
  const root = join(directory, `${kind}-${Math.random()}`);
  await writeDirectory(bundle(kind), root);
  return root;
}

const read = (root: string) => (path: string) =>
  Promise.resolve(existsSync(join(root, path)) ? new Uint8Array(readFileSync(join(root, path))) : undefined);
const sha256 = (...parts: Uint8Array[]) => {
  const hash = createHash("sha256");
  for (const part of parts) hash.update(part);
  return hash.digest();
};
const filesBelow = (root: string) =>
  readdirSync(root, { recursive: true, encoding: "utf8" }).filter((path) => statSync(join(root, path)).isFile());

interface Line {
  readonly ledger: number;
  readonly sequence: number;
  readonly disclosure: { readonly units: [string, string][]; readonly redacted: string[] };
}
const linesOf = (path: string) =>
  readFileSync(path, "utf8")
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as Line);

test("a full bundle is two whole logs whose checkpoints the policy's keys signed", async () => {
  const root = await exported("full");
  const policy = parsePolicy(readFileSync(join(root, "policy.txt"), "utf8"));
  const log = policy.logs.map(({ vkey }) => ed25519Verifier(vkey));
  for (const prefix of ["", "control/"]) {
    const opened = openCheckpoint(readFileSync(join(root, prefix, "checkpoint")), { log });
    if (!opened.ok) throw new Error(opened.message);
    const report = await verifyTileLog({ read: read(join(root, prefix)), head: opened.checkpoint });
    expect(report).toMatchObject({ ok: true, findings: [] });
  }
});

test("the manifest lists every other file with its digest, and nothing else", async () => {
  for (const kind of ["full", "compact"] as const) {
    const root = await exported(kind);
    const text = readFileSync(join(root, "manifest.json"), "utf8");
    const { files, ...rest } = JSON.parse(text) as { files: Record<string, { bytes: number; sha256: string }> };
    expect(rest).toMatchObject({ v: 1, kind, ledger: 1, size: 570, events: CHOSEN.length, query: 'actor:"Jane"' });
    expect(text).toBe(`${JSON.stringify({ ...rest, files })}\n`);
    expect(Object.keys(files).sort()).toEqual(
      filesBelow(root)
        .filter((path) => path !== "manifest.json")
        .sort(),
    );
    for (const [path, { bytes, sha256: digest }] of Object.entries(files)) {
      const content = readFileSync(join(root, path));
      expect([path, content.length, sha256(content).toString("hex")]).toEqual([path, bytes, digest]);
    }
  }
});

/** RFC 6962 by the book: no kernel, no compact ranges, no tiles. */
function rootByTheBook(entries: readonly Uint8Array[]): Buffer {
  if (entries.length === 1) return sha256(Buffer.of(0), entries[0]!);
  let split = 1;
  while (split * 2 < entries.length) split *= 2;
  return sha256(Buffer.of(1), rootByTheBook(entries.slice(0, split)), rootByTheBook(entries.slice(split)));
}

function entriesIn(root: string, prefix: string): Buffer[] {
  const entries: Buffer[] = [];
  for (const file of filesBelow(join(root, prefix, "tile/entries")).sort()) {
    const bytes = readFileSync(join(root, prefix, "tile/entries", file));
    for (let at = 0; at < bytes.length; at += 2 + bytes.readUInt16BE(at))
      entries.push(bytes.subarray(at + 2, at + 2 + bytes.readUInt16BE(at)));
  }
  return entries;
}

test("everything shown leads to the checkpoint, by SHA-256 alone", async () => {
  const root = await exported("full");
  for (const prefix of ["", "control/"]) {
    const [origin, size, encoded] = readFileSync(join(root, prefix, "checkpoint"), "utf8").split("\n");
    const entries = entriesIn(root, prefix);
    expect([entries.length, rootByTheBook(entries).toString("base64")]).toEqual([Number(size), encoded]);
    const lines = linesOf(join(root, prefix === "" ? "events.ndjson" : "control/control.ndjson"));
    expect(lines).toHaveLength(prefix === "" ? CHOSEN.length : Number(size));
    for (const { sequence, disclosure } of lines) {
      const commitments = disclosure.redacted.map((each) => Buffer.from(each, "base64"));
      for (const [salt, unit] of disclosure.units)
        commitments.push(sha256(Buffer.of(0x10), Buffer.from(salt, "base64"), Buffer.from(unit, "base64")));
      commitments.sort(Buffer.compare);
      const head = Buffer.of(0x11, commitments.length >> 8, commitments.length & 0xff);
      expect(sha256(head, ...commitments)).toEqual(Buffer.from(entries[sequence]!.subarray(10)));
      expect(JSON.stringify(disclosure.units.map(([, unit]) => Buffer.from(unit, "base64").toString()))).toContain(
        `/log\\"${origin}\\"`,
      );
    }
  }
});

test("what the caller does not show, and what is sealed in the control log, is redacted", async () => {
  const root = await exported("full");
  const shown = (path: string) =>
    linesOf(path).flatMap(({ disclosure }) =>
      disclosure.units.map(([, unit]) => Buffer.from(unit, "base64").toString()),
    );
  expect(shown(join(root, "events.ndjson")).join()).not.toContain("/details/page");
  expect(shown(join(root, "control/control.ndjson")).join()).toContain("evidence.exported");
  expect(shown(join(root, "control/control.ndjson")).join()).not.toContain("An auditor");
});

test("a compact bundle proves each event, and that its older checkpoints grew into the newest", async () => {
  const root = await exported("compact");
  const opened = openCheckpoint(readFileSync(join(root, "checkpoint")), {
    log: parsePolicy(readFileSync(join(root, "policy.txt"), "utf8")).logs.map(({ vkey }) => ed25519Verifier(vkey)),
  });
  if (!opened.ok) throw new Error(opened.message);
  expect(existsSync(join(root, "tile"))).toBe(false);
  for (const { sequence, disclosure } of linesOf(join(root, "events.ndjson"))) {
    const proof = parseTlogProof(readFileSync(join(root, `proofs/${sequence}.tlog-proof`)));
    const { entry } = JSON.parse(Buffer.from(proof.extra!).toString()) as { entry: string };
    const bytes = Buffer.from(entry, "base64");
    const claim = { leafIndex: proof.index, leafHash: sha256(Buffer.of(0), bytes), hashes: proof.hashes };
    expect(verifyInclusion(claim, opened.checkpoint)).toMatchObject({ ok: true });
    expect(verifyDisclosure(disclosure, bytes)).toMatchObject({ ok: true });
  }
  const olds = readdirSync(join(root, "old")).filter((name) => name.startsWith("checkpoint."));
  for (const name of olds) {
    const [, size, encoded] = readFileSync(join(root, "old", name), "utf8").split("\n");
    const hashes = readFileSync(join(root, "old", `${size}.consistency`), "utf8")
      .trimEnd()
      .split("\n");
    const verdict = verifyConsistency(
      { size: BigInt(size!), root: Buffer.from(encoded!, "base64") },
      opened.checkpoint,
      hashes.map((hash) => Buffer.from(hash, "base64")),
    );
    expect(verdict).toMatchObject({ ok: true });
  }
});

test("a tar holds the same files as the directory", async () => {
  const root = await exported("full");
  const pieces: Uint8Array[] = [];
  for await (const piece of tarArchive(bundle("full"), { timeMs: 1_772_600_767_089 })) pieces.push(piece);
  const tar = Buffer.concat(pieces);
  const found = new Map<string, Buffer>();
  for (let at = 0; tar[at] !== 0; ) {
    const header = tar.subarray(at, at + 512);
    const text = (from: number, length: number) => header.toString("latin1", from, from + length).replace(/\0.*$/, "");
    const sum = [...header].reduce((total, byte, i) => total + (i >= 148 && i < 156 ? 32 : byte), 0);
    expect([Number.parseInt(text(148, 8), 8), text(257, 6)]).toEqual([sum, "ustar"]);
    const size = Number.parseInt(text(124, 12), 8);
    found.set(text(0, 100), tar.subarray(at + 512, at + 512 + size));
    at += 512 + Math.ceil(size / 512) * 512;
  }
  expect([...found.keys()].sort()).toEqual(filesBelow(root).sort());
  expect([...found.keys()].at(-1)).toBe("manifest.json");
  for (const [path, content] of found)
    expect([path, content.equals(readFileSync(join(root, path)))]).toEqual([path, true]);
});

test("a size or a path too large for ustar goes into a pax header", async () => {
  const path = `${"long/".repeat(25)}name`;
  const file: BundleFile = { path, bytes: 3, content: [Buffer.from("abc")] };
  async function* files() {
    yield file;
  }
  const pieces: Uint8Array[] = [];
  for await (const piece of tarArchive(files(), { timeMs: 0 })) pieces.push(piece);
  const tar = Buffer.concat(pieces).toString("latin1");
  const record = `path=${path}\n`;
  expect(tar.slice(512, 512 + 4 + record.length)).toBe(`${4 + record.length} ${record}`);
});

test("an event that the checkpoint does not cover is refused", async () => {
  await expect(writeDirectory(bundle("full", [1, 571]), join(directory, "late"))).rejects.toThrow(
    /not under the checkpoint/,
  );
});
