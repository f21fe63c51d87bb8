import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { base64Decode, base64Encode } from "../bytes/base64.ts";
import { encodeUtf8, hasControlCharacter } from "../bytes/utf8.ts";
import { MerkleError } from "../error.ts";
import { ed25519PublicKey, ed25519Signer, ed25519Verifier } from "../note/ed25519.ts";
import { formatNote, formatSignatureLine, parseNote, parseSignatureLine } from "../note/note.ts";
import { signNote } from "../note/sign-note.ts";
import { createVkey, formatVkey } from "../note/vkey.ts";
import { tilePath } from "../tile/path.ts";
import { tileHashSource } from "../tile/tile-source.ts";
import { rootFromNodes } from "../tree/proof.ts";
import { formatCheckpoint, parseCheckpoint } from "./checkpoint.ts";
import { cosignatureSigner, cosignatureVerifier, parseCosignature } from "./cosignature.ts";
import { openCheckpoint } from "./open-checkpoint.ts";

/** A checkpoint of the Go checksum database. */
const SUMDB_TEXT = "go.sum database tree\n35225469\nvt5T6GaLCXvyHFl9VUvvItR43XZxfLgftEcTyO3eJCQ=\n";
const SUMDB = `${SUMDB_TEXT}
— sum.golang.org Az3grpukl5AXaVfYkLiDGORx/DN2nlcS5kZHR5uYOBV2KA2HgXpD+gu9HHONebHLAyaKbbTM75QTtPydhKCExixSfwQ=
`;
const SUMDB_LOG = ed25519Verifier("sum.golang.org+033de0ae+Ac4zctda0e5eza+HJyk9SxEdh+s3Ux18htTTAD8OuAn8");

/** The cosignature of a fixed seed over that checkpoint at a fixed time. */
const WITNESS_SEED = new Uint8Array(32).fill(7);
const WITNESS_VKEY = "witness.example/w1+aa4a09d1+BOpKbGPinFIKvvVQexMuxfmVR3auvr57kkIe6mkURtIs";
const WITNESS_LINE =
  "— witness.example/w1 qkoJ0QAAAABlU/EAh97lDdGTUEnLeqXsVAYw6iPaDiqOz82xp3MC4W15DCgGSqsrY36/zrFpy2RSTzwJ+f0vJWhFIuSEiee7DO1SBQ==";
const WITNESS_TIME = 1_700_000_000n;

const MIRROR = join(import.meta.dirname, "../../testdata/sunlight-mirror");

const code = (run: () => unknown): string => {
  try {
    run();
  } catch (error) {
    if (error instanceof MerkleError) return error.code;
    throw error;
  }
  return "no error";
};

describe("checkpoint text", () => {
  test("goes there and back", () => {
    const origin = fc
      .string({ minLength: 1, unit: "grapheme" })
      .filter((text) => !text.startsWith("\ufeff") && !hasControlCharacter(text));
    const root = fc.uint8Array({ minLength: 32, maxLength: 32 });
    const size = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n });
    fc.assert(
      fc.property(fc.record({ origin, size, root }), (checkpoint) => {
        expect(parseCheckpoint(formatCheckpoint(checkpoint))).toEqual({ ...checkpoint, extensions: [] });
      }),
    );
  });

  test("reads sizes past 2^53 and extension lines", () => {
    const root = base64Encode(new Uint8Array(32));
    expect(parseCheckpoint(`o\n18446744073709551615\n${root}\n`).size).toBe(2n ** 64n - 1n);
    expect(parseCheckpoint(`o\n9007199254740993\n${root}\n`).size).toBe(9_007_199_254_740_993n);
    expect(parseCheckpoint(`o\n1\n${root}\nx\ny z\n`).extensions).toEqual(["x", "y z"]);
  });

  const root = "vt5T6GaLCXvyHFl9VUvvItR43XZxfLgftEcTyO3eJCQ=";
  test.each([
    "",
    "\n",
    "o\n1\n",
    `o\n1\n${root}`,
    `\n1\n${root}\n`,
    `\ufeffo\n1\n${root}\n`,
    `o\n\n${root}\n`,
    `o\n01\n${root}\n`,
    `o\n00\n${root}\n`,
    `o\n-1\n${root}\n`,
    `o\n+1\n${root}\n`,
    `o\n1.0\n${root}\n`,
    `o\n1e3\n${root}\n`,
    `o\n0x10\n${root}\n`,
    `o\n 1\n${root}\n`,
    `o\n1 \n${root}\n`,
    `o\n١\n${root}\n`,
    `o\n18446744073709551616\n${root}\n`,
    `o\n100000000000000000000\n${root}\n`,
    `o\n1\n${root.slice(0, -1)}\n`,
    `o\n1\n${root.replace("JCQ=", "JCR=")}\n`,
    `o\n1\n${base64Encode(new Uint8Array(31))}\n`,
    `o\n1\n${base64Encode(new Uint8Array(33))}\n`,
    `o\n1\n\n${root}\n`,
    `o\n1\n${root}\n\n`,
    `o\n1\n${root}\nx\n\ny\n`,
    `o\r\n1\r\n${root}\r\n`,
    `o\n1\n${root}\nx\ty\n`,
  ])("refuses %j", (text) => {
    expect(code(() => parseCheckpoint(text))).toBe("malformed_checkpoint");
  });

  test("refuses to write what could not be read", () => {
    const good = { origin: "o", size: 1n, root: new Uint8Array(32) };
    expect(code(() => formatCheckpoint({ ...good, origin: "" }))).toBe("malformed_checkpoint");
    expect(code(() => formatCheckpoint({ ...good, origin: "a\nb" }))).toBe("malformed_checkpoint");
    expect(code(() => formatCheckpoint({ ...good, size: -1n }))).toBe("malformed_checkpoint");
    expect(code(() => formatCheckpoint({ ...good, size: 2n ** 64n }))).toBe("malformed_checkpoint");
    expect(code(() => formatCheckpoint({ ...good, root: new Uint8Array(31) }))).toBe("malformed_checkpoint");
  });

  test("any text is read or refused", () => {
    fc.assert(
      fc.property(fc.string(), fc.nat({ max: SUMDB_TEXT.length }), fc.string({ maxLength: 3 }), (any, at, noise) => {
        const edited = SUMDB_TEXT.slice(0, at) + noise + SUMDB_TEXT.slice(at + 1);
        for (const text of [any, edited]) {
          expect(["no error", "malformed_checkpoint"]).toContain(code(() => parseCheckpoint(text)));
        }
      }),
      { numRuns: 500 },
    );
  });
});

describe("openCheckpoint", () => {
  test("a real checkpoint", () => {
    const verdict = openCheckpoint(SUMDB, { origin: "go.sum database tree", log: [SUMDB_LOG] });
    expect(verdict).toMatchObject({ ok: true, checkpoint: { origin: "go.sum database tree", size: 35_225_469n } });
    expect(openCheckpoint(encodeUtf8(SUMDB), { log: [SUMDB_LOG] }).ok).toBe(true);
  });

  test("says why not", () => {
    const open = (signed: string) => openCheckpoint(signed, { origin: "go.sum database tree", log: [SUMDB_LOG] });
    expect(open(SUMDB_TEXT)).toMatchObject({ ok: false, code: "malformed_note" });
    expect(open(SUMDB.replace("35225469", "35225468"))).toMatchObject({ code: "signature_invalid" });
    expect(open(SUMDB.replace("35225469", "035225469"))).toMatchObject({ code: "malformed_checkpoint" });
    expect(open(SUMDB.replace("go.sum database tree", "go.sum"))).toMatchObject({ code: "origin_mismatch" });
    expect(open(SUMDB.replace("sum.golang.org", "sum.golang.com"))).toMatchObject({ code: "no_log_signature" });
    expect(openCheckpoint(SUMDB, { log: [] })).toMatchObject({ code: "no_log_signature" });
  });

  test("a witness does not stand in for the log", () => {
    const witness = cosignatureVerifier(WITNESS_VKEY);
    const cosignedOnly = `${SUMDB_TEXT}\n${WITNESS_LINE}\n`;
    expect(openCheckpoint(cosignedOnly, { log: [SUMDB_LOG], witnesses: [witness] })).toMatchObject({
      code: "no_log_signature",
    });
  });

  test("every single-bit change of a signed checkpoint is refused", () => {
    const bytes = encodeUtf8(SUMDB);
    for (let bit = 0; bit < bytes.length * 8; bit += 3) {
      const tampered = bytes.with(bit >> 3, bytes[bit >> 3]! ^ (1 << (bit & 7)));
      expect(openCheckpoint(tampered, { log: [SUMDB_LOG] }).ok).toBe(false);
    }
  });
});

describe("cosignatures", () => {
  const witness = cosignatureVerifier(WITNESS_VKEY);
  const signer = cosignatureSigner({ name: "witness.example/w1", seed: WITNESS_SEED, timestampSeconds: WITNESS_TIME });

  test("the fixed vector, both ways", () => {
    const publicKey = ed25519PublicKey(WITNESS_SEED);
    expect(formatVkey(createVkey({ name: "witness.example/w1", type: 4, publicKey }))).toBe(WITNESS_VKEY);
    const made = signer.sign(encodeUtf8(SUMDB_TEXT));
    const { name, keyId } = signer;
    expect(formatSignatureLine({ name, keyId, signature: made })).toBe(WITNESS_LINE);
    const verdict = openCheckpoint(`${SUMDB}${WITNESS_LINE}\n`, { log: [SUMDB_LOG], witnesses: [witness] });
    expect(verdict).toMatchObject({ ok: true, cosignatures: [{ verifier: witness, timestampSeconds: WITNESS_TIME }] });
  });

  test("a witness's line is added to a note that exists", () => {
    const note = parseNote(SUMDB);
    const added = formatNote({ ...note, signatures: [...note.signatures, parseSignatureLine(WITNESS_LINE)] });
    expect(added).toBe(`${SUMDB}${WITNESS_LINE}\n`);
  });

  test.each([
    ["witness-checkpoint", "witness.example.org+b8a2cf20+BFLN3yikSfFkVAJtrnh/CiY3Zozkoy7clp+P7XB28qUN"],
    ["log/checkpoint", "mirror.example.org+3fb148ef+BAAjjch9GyYz0sJsJx7ALhbdAtz2ov0unbzSl1vMp94O"],
  ])("of another implementation: %s", (path, vkey) => {
    const { text, signatures } = parseNote(new Uint8Array(readFileSync(join(MIRROR, path))));
    const verifier = cosignatureVerifier(vkey);
    const line = signatures.find(({ name }) => name === verifier.name);
    expect(line?.keyId).toBe(verifier.keyId);
    expect(verifier.verify(encodeUtf8(text), line!.signature)).toBe(true);
    expect(verifier.verify(encodeUtf8(text.replace("300", "301")), line!.signature)).toBe(false);
    expect(parseCosignature(line!.signature).timestampSeconds).toBe(1_767_139_200n);
    expect(parseCheckpoint(text)).toMatchObject({ origin: "rome2026h1.example.org", size: 300n });
  });

  test("the mirrored tiles of another implementation have the root that its cosignature covers", () => {
    const { root } = parseCheckpoint(parseNote(new Uint8Array(readFileSync(join(MIRROR, "log/checkpoint")))).text);
    const source = tileHashSource({
      size: 300,
      readTile: ({ level, index, width }) =>
        new Uint8Array(readFileSync(join(MIRROR, "log", tilePath(level, index, width)))),
    });
    expect(rootFromNodes(300, source)).toEqual(root);
    const first = Array.from({ length: 256 }, (_, i) => source(0, i));
    expect(rootFromNodes(256, (level, index) => (level === 0 ? first[index]! : source(level, index)))).toEqual(
      source(8, 0),
    );
  });

  test("another time, text, key or length is refused", () => {
    const text = encodeUtf8(SUMDB_TEXT);
    const blob = signer.sign(text);
    expect(witness.verify(text, blob)).toBe(true);
    for (let bit = 0; bit < blob.length * 8; bit += 5) {
      expect(witness.verify(text, blob.with(bit >> 3, blob[bit >> 3]! ^ (1 << (bit & 7))))).toBe(false);
    }
    expect(witness.verify(encodeUtf8(SUMDB_TEXT.replace("9", "8")), blob)).toBe(false);
    expect(witness.verify(text, blob.subarray(1))).toBe(false);
    expect(witness.verify(text, new Uint8Array([...blob, 0]))).toBe(false);
    expect(witness.verify(text, blob.subarray(8))).toBe(false);
    expect(witness.verify(text, new Uint8Array(72).fill(255))).toBe(false);
    const line = { name: witness.name, keyId: witness.keyId, signature: blob.with(20, blob[20]! ^ 1) };
    const bad = `${SUMDB}${formatSignatureLine(line)}\n`;
    expect(openCheckpoint(bad, { log: [SUMDB_LOG], witnesses: [witness] })).toMatchObject({
      code: "signature_invalid",
    });
  });

  test("signs nothing but checkpoints, as far as a verifier is concerned", () => {
    const text = encodeUtf8("no checkpoint\n");
    expect(witness.verify(text, signer.sign(text))).toBe(false);
  });

  test("include extension lines in what they sign", () => {
    const text = encodeUtf8(`${SUMDB_TEXT}extension\n`);
    expect(witness.verify(text, signer.sign(text))).toBe(true);
    expect(witness.verify(encodeUtf8(SUMDB_TEXT), signer.sign(text))).toBe(false);
  });

  test("are read or refused", () => {
    expect(code(() => parseCosignature(new Uint8Array(8)))).toBe("malformed_cosignature");
    expect(code(() => parseCosignature(new Uint8Array(72).fill(128, 0, 1)))).toBe("malformed_cosignature");
    const tooLate = { name: "w", seed: WITNESS_SEED, timestampSeconds: 2n ** 63n };
    expect(code(() => cosignatureSigner(tooLate))).toBe("out_of_range");
    expect(
      code(() => cosignatureVerifier(formatVkey(createVkey({ name: "x", type: 1, publicKey: new Uint8Array(32) })))),
    ).toBe("unsupported_key");
  });

  test("of a verifier that is no cosigner's have no time, and are refused", () => {
    const seed = base64Decode(base64Encode(new Uint8Array(randomBytes(32))));
    const log = ed25519Signer({ name: "log", seed });
    const logVerifier = ed25519Verifier(createVkey({ name: "log", type: 1, publicKey: ed25519PublicKey(seed) }));
    const always = { name: "w", keyId: 5, verify: () => true };
    const short = { name: "w", keyId: 5, sign: () => new Uint8Array(3) };
    const signed = signNote(SUMDB_TEXT, [log, short]);
    expect(openCheckpoint(signed, { log: [logVerifier], witnesses: [always] })).toMatchObject({
      code: "signature_invalid",
    });
  });
});
