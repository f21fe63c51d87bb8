import {
  base64Encode,
  commitUnit,
  createVkey,
  type Disclosure,
  ed25519PublicKey,
  ed25519Signer,
  encodeEntry,
  encodeUnit,
  eventRoot,
  formatCheckpoint,
  formatDisclosure,
  formatProofExtra,
  formatTlogProof,
  formatVkey,
  leafHash,
  nodeHash,
  parsePolicy,
  parseProofExtra,
  SIGNATURE_TYPE,
  signNote,
} from "@cairn/merkle";
import { describe, expect, test } from "vitest";
import { verifyEventProof } from "./verify-event-proof.ts";

const ORIGIN = "cairn-test/l0g";
const SEED = new Uint8Array(32).fill(7);
const VKEY = formatVkey(createVkey({ name: ORIGIN, type: SIGNATURE_TYPE.ed25519, publicKey: ed25519PublicKey(SEED) }));
const OTHER_VKEY = formatVkey(
  createVkey({ name: ORIGIN, type: SIGNATURE_TYPE.ed25519, publicKey: ed25519PublicKey(new Uint8Array(32)) }),
);

/** Makes the proof of event 1 of 2. */
function makeProof(options: { readonly log?: string; readonly extra?: (extra: Uint8Array) => Uint8Array } = {}) {
  const units = [
    ["/log", options.log ?? ORIGIN],
    ["/action", "a.b"],
    ["/details/secret", 42],
  ].map(([path, value], i) => ({
    salt: new Uint8Array(16).fill(i),
    unit: encodeUnit(String(path), Buffer.from(JSON.stringify(value))),
  }));
  const commitments = units.map(({ salt, unit }) => commitUnit(salt, unit));
  const entry = encodeEntry({ kind: "event", receivedAt: 1_772_600_767_089, eventRoot: eventRoot(commitments) });
  const sibling = leafHash(Uint8Array.of(1));
  const root = nodeHash(sibling, leafHash(entry));
  const checkpoint = signNote(formatCheckpoint({ origin: ORIGIN, size: 2n, root }), [
    ed25519Signer({ name: ORIGIN, seed: SEED }),
  ]);
  const disclosure: Disclosure = formatDisclosure({ units: units.slice(0, 2), redacted: commitments.slice(2) });
  const extra = formatProofExtra({ entry, disclosure });
  const proof = formatTlogProof({
    extra: options.extra?.(extra) ?? extra,
    index: 1n,
    hashes: [sibling],
    checkpoint: Buffer.from(checkpoint),
  });
  return Buffer.from(proof);
}

describe("verifyEventProof", () => {
  test("establishes signature, place, time and what is shown", () => {
    const verdict = verifyEventProof(makeProof().toString(), { kind: "vkeys", vkeys: [VKEY] });
    expect(verdict).toMatchObject({
      ok: true,
      sequence: 1n,
      receivedAtMs: 1_772_600_767_089,
      checkpoint: { origin: ORIGIN, size: 2n },
      redactedCount: 1,
    });
    const units = verdict.ok ? verdict.units : undefined;
    expect(units?.map(({ path, value }) => [path, Buffer.from(value).toString()])).toEqual([
      ["/log", `"${ORIGIN}"`],
      ["/action", '"a.b"'],
    ]);
  });

  test("by a policy, or by nobody", () => {
    const policy = parsePolicy(`log ${VKEY}\nquorum none\n`);
    expect(verifyEventProof(makeProof(), { kind: "policy", policy }).ok).toBe(true);
    expect(verifyEventProof(makeProof(), { kind: "none" }).ok).toBe(true);
  });

  test("refuses another key's signature", () => {
    const verdict = verifyEventProof(makeProof(), { kind: "vkeys", vkeys: [OTHER_VKEY] });
    expect(verdict).toMatchObject({ ok: false, code: "no_log_signature" });
  });

  test("refuses an event of another log", () => {
    const verdict = verifyEventProof(makeProof({ log: "cairn-test/other" }), { kind: "none" });
    expect(verdict).toMatchObject({ ok: false, code: "log_mismatch" });
  });

  test("refuses a proof with any one bit flipped", () => {
    const proof = makeProof();
    const accepted: number[] = [];
    for (let at = 0; at < proof.length; at++) {
      const flipped = Buffer.from(proof);
      flipped.writeUInt8(proof.readUInt8(at) ^ (1 << (at % 8)), at);
      if (verifyEventProof(flipped, { kind: "vkeys", vkeys: [VKEY] }).ok) accepted.push(at);
    }
    expect(accepted).toEqual([]);
  });

  test("refuses extra data of another shape", () => {
    for (const text of ["{}", '{"v":2,"entry":""}', '{"v":1,"entry":"!"}', '{"v":1}', "[]", "null", "\u0000"]) {
      expect(verifyEventProof(makeProof({ extra: () => Buffer.from(text) }), { kind: "none" }).ok).toBe(false);
    }
    expect(() => parseProofExtra(Buffer.from(`{"v":1,"entry":"${base64Encode(new Uint8Array(42))}","x":1}`))).toThrow(
      expect.objectContaining({ code: "malformed_proof" }),
    );
  });
});
