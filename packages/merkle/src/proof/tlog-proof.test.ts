import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { base64Encode } from "../bytes/base64.ts";
import { encodeUtf8 } from "../bytes/utf8.ts";
import { formatCheckpoint } from "../checkpoint/checkpoint.ts";
import { MerkleError } from "../error.ts";
import { ed25519PublicKey, ed25519Signer } from "../note/ed25519.ts";
import { signNote } from "../note/sign-note.ts";
import { createVkey, formatVkey } from "../note/vkey.ts";
import { parsePolicy } from "../policy/parse-policy.ts";
import { leafHash, nodeHash } from "../tree/hashing.ts";
import { formatTlogProof, parseTlogProof } from "./tlog-proof.ts";
import { verifyTlogProof } from "./verify-tlog-proof.ts";

const SEED = new Uint8Array(32).fill(3);
const ORIGIN = "log.example/τ";
const signer = ed25519Signer({ name: ORIGIN, seed: SEED });
const vkey = formatVkey(createVkey({ name: ORIGIN, type: 1, publicKey: ed25519PublicKey(SEED) }));
const policy = parsePolicy(`log ${vkey}\nquorum none\n`);

const leaves = [0, 1, 2].map((i) => leafHash(Uint8Array.of(i)));
const [first, second, third] = leaves;
const root = nodeHash(nodeHash(first!, second!), third!);
const note = signNote(formatCheckpoint({ origin: ORIGIN, size: 3n, root }), [signer]);
const proof = {
  extra: encodeUtf8('{"v":1}'),
  index: 1n,
  hashes: [first!, third!],
  checkpoint: encodeUtf8(note),
};
const text = `c2sp.org/tlog-proof@v1
extra ${base64Encode(proof.extra)}
index 1
${base64Encode(first!)}
${base64Encode(third!)}

${note}`;

const code = (run: () => unknown): string => {
  try {
    run();
  } catch (error) {
    if (error instanceof MerkleError) return error.code;
    throw error;
  }
  return "no error";
};

describe("tlog-proof files", () => {
  test("go there and back", () => {
    expect(formatTlogProof(proof)).toEqual(encodeUtf8(text));
    expect(parseTlogProof(encodeUtf8(text))).toEqual(proof);
    const bare = { ...proof, extra: undefined, hashes: [], index: 0n };
    expect(parseTlogProof(formatTlogProof(bare))).toEqual(bare);
    const empty = { ...proof, extra: new Uint8Array(0), index: 2n ** 64n - 1n };
    expect(parseTlogProof(formatTlogProof(empty))).toEqual(empty);
  });

  test("hold the largest disclosure", () => {
    const large = { ...proof, extra: new Uint8Array(4 << 20).fill(9) };
    expect(parseTlogProof(formatTlogProof(large)).extra).toHaveLength(4 << 20);
    expect(code(() => formatTlogProof({ ...proof, extra: new Uint8Array((4 << 20) + 3) }))).toBe("malformed_proof");
  });

  test.each([
    ["nothing", ""],
    ["another version", text.replace("@v1", "@v2")],
    ["a byte order mark", `\ufeff${text}`],
    ["CRLF", text.replaceAll("\n", "\r\n")],
    ["no index", text.replace("index 1\n", "")],
    ["a leading zero", text.replace("index 1", "index 01")],
    ["a negative index", text.replace("index 1", "index -1")],
    ["an index of 65 bits", text.replace("index 1", "index 18446744073709551616")],
    ["an index in hexadecimal", text.replace("index 1", "index 0x1")],
    ["two spaces", text.replace("index 1", "index  1")],
    ["extra after the index", text.replace(/(extra .*\n)(index 1\n)/, "$2$1")],
    ["extra twice", text.replace(/(extra .*\n)/, "$1$1")],
    ["extra that is not base64", text.replace("extra ", "extra !")],
    ["a hash cut short", text.replace(base64Encode(first!), base64Encode(first!.subarray(1)))],
    ["a hash with bits left over", text.replace(/=\n/, "x\n")],
    ["65 hashes", text.replace(base64Encode(first!), Array(65).fill(base64Encode(first!)).join("\n"))],
    ["no empty line", text.replace("\n\n", "\n")],
    ["an empty line too early", text.replace("index 1\n", "\nindex 1\n")],
  ])("refuse %s", (_, bad) => {
    expect(code(() => parseTlogProof(encodeUtf8(bad)))).toBe("malformed_proof");
    expect(verifyTlogProof(encodeUtf8(bad), { leafHash: second!, policy })).toMatchObject({ code: "malformed_proof" });
  });

  test("refuse a checkpoint that is no note", () => {
    expect(code(() => parseTlogProof(encodeUtf8(text.slice(0, -1))))).toBe("malformed_note");
    expect(code(() => formatTlogProof({ ...proof, checkpoint: encodeUtf8("x") }))).toBe("malformed_note");
    expect(code(() => formatTlogProof({ ...proof, index: -1n }))).toBe("malformed_proof");
    expect(code(() => formatTlogProof({ ...proof, hashes: [new Uint8Array(31)] }))).toBe("malformed_proof");
  });

  test("any change is read or refused, and reads back as it was", () => {
    const base = encodeUtf8(text);
    const edit = fc.record({ at: fc.nat({ max: base.length - 1 }), noise: fc.uint8Array({ maxLength: 3 }) });
    fc.assert(
      fc.property(fc.array(edit, { minLength: 1, maxLength: 3 }), (edits) => {
        let bytes = base;
        for (const { at, noise } of edits) {
          bytes = new Uint8Array([...bytes.subarray(0, at), ...noise, ...bytes.subarray(at + 1)]);
        }
        try {
          expect(formatTlogProof(parseTlogProof(bytes))).toEqual(bytes);
        } catch (error) {
          expect(error).toBeInstanceOf(MerkleError);
        }
      }),
      { numRuns: 500 },
    );
    fc.assert(
      fc.property(fc.uint8Array(), (any) => {
        expect(code(() => parseTlogProof(any))).toBe("malformed_proof");
      }),
    );
  });
});

describe("verifyTlogProof", () => {
  const verify = (bytes: Uint8Array, leaf = second!) => verifyTlogProof(bytes, { leafHash: leaf, policy });

  test("a true proof", () => {
    expect(verify(encodeUtf8(text))).toMatchObject({
      ok: true,
      proof: { index: 1n },
      head: { checkpoint: { size: 3n } },
    });
  });

  test("says why not", () => {
    expect(verify(encodeUtf8(text), first)).toMatchObject({ code: "root_mismatch" });
    expect(verify(encodeUtf8(text.replace("index 1", "index 3")))).toMatchObject({ code: "size_out_of_range" });
    expect(verify(encodeUtf8(text.replace("index 1", "index 2")))).toMatchObject({ code: "proof_wrong_length" });
    expect(verify(encodeUtf8(text.replace("\n3\n", "\n4\n")))).toMatchObject({ code: "signature_invalid" });
    expect(verify(encodeUtf8(text), new Uint8Array(31))).toMatchObject({ code: "malformed_hash" });
    const nobody = parsePolicy("quorum none");
    expect(verifyTlogProof(encodeUtf8(text), { leafHash: second!, policy: nobody })).toMatchObject({
      code: "unknown_log",
    });
  });

  test("every flipped bit outside extra is noticed", () => {
    const base = encodeUtf8(text);
    const extraEnd = text.indexOf("index");
    for (let bit = extraEnd * 8; bit < base.length * 8; bit += 7) {
      expect(verify(base.with(bit >> 3, base[bit >> 3]! ^ (1 << (bit & 7)))).ok).toBe(false);
    }
  });
});
