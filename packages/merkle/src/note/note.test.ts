import { createPublicKey, verify as nodeVerify, randomBytes } from "node:crypto";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { base64Decode, base64Encode } from "../bytes/base64.ts";
import { bytesToHex, hexToBytes } from "../bytes/hex.ts";
import { encodeUtf8 } from "../bytes/utf8.ts";
import { MerkleError } from "../error.ts";
import { type Ed25519Verify, ed25519PublicKey, ed25519Signer, ed25519Verifier, verifyEd25519 } from "./ed25519.ts";
import { formatNote, formatSignatureLine, parseNote, parseSignatureLine } from "./note.ts";
import { openNote } from "./open-note.ts";
import { signNote } from "./sign-note.ts";
import { createVkey, formatVkey, isKeyName, keyId, parseVkey } from "./vkey.ts";

/** Vectors of golang.org/x/mod/sumdb/note. */
const PETER = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";
const PETER_SEED = base64Decode("AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz").slice(1);
const PETER_TEXT =
  "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n";
const PETER_LINE =
  "— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=";
const PETER_NOTE = `${PETER_TEXT}\n${PETER_LINE}\n`;

/** The example of C2SP signed-note. */
const FOO = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k";
const FOO_NOTE = `This is an example message.

— example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=
`;

const signer = ed25519Signer({ name: "PeterNeumann", seed: PETER_SEED });
const peter = ed25519Verifier(PETER);
const code = (run: () => unknown): string => {
  try {
    run();
  } catch (error) {
    if (error instanceof MerkleError) return error.code;
    throw error;
  }
  return "no error";
};
const grease = (name = "grease.example/x") =>
  formatSignatureLine({ name, keyId: randomBytes(4).readUInt32BE(), signature: new Uint8Array(randomBytes(64)) });

describe("published notes", () => {
  test("verify", () => {
    expect(openNote(FOO_NOTE, [ed25519Verifier(FOO)])).toMatchObject({
      ok: true,
      note: { text: "This is an example message.\n" },
      verified: [{ name: "example.com/foo", keyId: 0x530d903a }],
    });
    expect(openNote(encodeUtf8(PETER_NOTE), [peter])).toMatchObject({ ok: true, note: { text: PETER_TEXT } });
  });

  test("are reproduced byte for byte", () => {
    expect(signNote(PETER_TEXT, [signer])).toBe(PETER_NOTE);
    expect(formatNote(parseNote(FOO_NOTE))).toBe(FOO_NOTE);
    const key = createVkey({ name: "PeterNeumann", type: 1, publicKey: ed25519PublicKey(PETER_SEED) });
    expect(formatVkey(key)).toBe(PETER);
  });

  test("verify with the platform's Ed25519 as well", () => {
    const verifyWithNode: Ed25519Verify = ({ publicKey, message, signature }) => {
      const der = Buffer.concat([Buffer.from("302a300506032b6570032100", "hex"), publicKey]);
      return nodeVerify(null, message, createPublicKey({ key: der, format: "der", type: "spki" }), signature);
    };
    const verifier = ed25519Verifier(FOO, { verifyEd25519: verifyWithNode });
    expect(openNote(FOO_NOTE, [verifier]).ok).toBe(true);
    expect(openNote(FOO_NOTE.replace("example message", "exemple message"), [verifier]).ok).toBe(false);
  });
});

describe("Ed25519", () => {
  test("RFC 8032 §7.1, test 2", () => {
    const seed = hexToBytes("4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb");
    const publicKey = hexToBytes("3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c");
    const signature =
      "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00";
    expect(ed25519PublicKey(seed)).toEqual(publicKey);
    const message = Uint8Array.of(0x72);
    expect(bytesToHex(ed25519Signer({ name: "x", seed }).sign(message))).toBe(signature);
    expect(verifyEd25519({ publicKey, message, signature: hexToBytes(signature) })).toBe(true);
    expect(verifyEd25519({ publicKey, message: Uint8Array.of(0x73), signature: hexToBytes(signature) })).toBe(false);
  });

  test("never throws, and refuses keys and scalars that are none", () => {
    const sample = fc.record({
      publicKey: fc.uint8Array({ maxLength: 40 }),
      message: fc.uint8Array({ maxLength: 10 }),
      signature: fc.uint8Array({ maxLength: 70 }),
    });
    fc.assert(
      fc.property(sample, (input) => {
        expect(verifyEd25519(input)).toBe(false);
      }),
    );
    // A key of small order signs anything: all zeroes and a zero scalar verify in lax implementations.
    const identity = new Uint8Array(32).fill(1, 0, 1);
    const signature = new Uint8Array(64).fill(1, 0, 1);
    expect(verifyEd25519({ publicKey: identity, message: new Uint8Array(3), signature })).toBe(false);
    expect(code(() => ed25519PublicKey(new Uint8Array(31)))).toBe("out_of_range");
  });
});

describe("vkeys", () => {
  test.each([
    PETER,
    FOO,
    "sum.golang.org+033de0ae+Ac4zctda0e5eza+HJyk9SxEdh+s3Ux18htTTAD8OuAn8",
    "witness.example.org+b8a2cf20+BFLN3yikSfFkVAJtrnh/CiY3Zozkoy7clp+P7XB28qUN",
    "mirror.example.org+3fb148ef+BAAjjch9GyYz0sJsJx7ALhbdAtz2ov0unbzSl1vMp94O",
    "example.com/log/testdata+33d7b496+AeHTu4Q3hEIMHNqc6fASMsq3rKNx280NI+oO5xCFkkSx",
  ])("%s goes there and back", (text) => {
    const vkey = parseVkey(text);
    expect(formatVkey(vkey)).toBe(text);
    expect(keyId(vkey.name, vkey)).toBe(vkey.keyId);
    expect(vkey.publicKey).toHaveLength(32);
  });

  test("of other types keep the key ID they state", () => {
    const text = `x+deadbeef+${base64Encode(Uint8Array.of(2, 1, 2, 3))}`;
    expect(parseVkey(text)).toMatchObject({ type: 2, keyId: 0xdeadbeef });
    expect(formatVkey(parseVkey(text))).toBe(text);
    const mlDsa = createVkey({ name: "w", type: 6, publicKey: new Uint8Array(1312) });
    expect(parseVkey(formatVkey(mlDsa))).toEqual(mlDsa);
  });

  test.each([
    "",
    "x",
    "x+00000000",
    PETER.replace("c74f20a3", "C74F20A3"),
    PETER.replace("c74f20a3", "c74f20a4"),
    PETER.replace("c74f20a3", "74f20a3"),
    PETER.replace("PeterNeumann", "PeterNeuman"),
    PETER.replace("PeterNeumann", "Peter Neumann"),
    PETER.replace("PeterNeumann", "Peter\u00a0Neumann"),
    PETER.replace("PeterNeumann", "Peter\u2003Neumann"),
    PETER.replace("PeterNeumann", ""),
    `${PETER}=`,
    `${PETER}\n`,
    PETER.slice(0, -1),
    PETER.slice(0, -4),
    `x+00000000+${base64Encode(Uint8Array.of(1))}`,
    "x+00000000+",
    `x+00000000+${"A".repeat(20_000)}`,
  ])("refuses %j", (text) => {
    expect(code(() => parseVkey(text))).toBe("malformed_vkey");
  });

  test("of another type make no Ed25519 verifier", () => {
    const witness = "witness.example.org+b8a2cf20+BFLN3yikSfFkVAJtrnh/CiY3Zozkoy7clp+P7XB28qUN";
    expect(code(() => ed25519Verifier(witness))).toBe("unsupported_key");
    expect(code(() => ed25519Signer({ name: "a b", seed: PETER_SEED }))).toBe("malformed_vkey");
  });

  test("any text is read or refused", () => {
    fc.assert(
      fc.property(fc.string(), fc.nat({ max: PETER.length }), (noise, at) => {
        const text = PETER.slice(0, at) + noise + PETER.slice(at + noise.length);
        expect(["no error", "malformed_vkey"]).toContain(code(() => formatVkey(parseVkey(text))));
      }),
    );
  });

  test("key names", () => {
    const good = ["a", "example.com/log", "é", "a\ufeffb", "日本", "\u200b", "a\x7f"];
    expect(good.every(isKeyName)).toBe(true);
    const bad = [
      "",
      " ",
      "a b",
      "a\tb",
      "a\u0085b",
      "a\u00a0b",
      "a\u1680",
      "a\u2028",
      "a\u3000",
      "a+b",
      "a\x01",
      "\ud800",
    ];
    expect(bad.some(isKeyName)).toBe(false);
  });
});

describe("parseNote", () => {
  test("splits at the last empty line and keeps empty lines of the text", () => {
    const note = signNote("first\n\n\nlast\n\n", [signer]);
    expect(parseNote(note).text).toBe("first\n\n\nlast\n\n");
    expect(openNote(note, [peter]).ok).toBe(true);
    expect(openNote(signNote("\n", [signer]), [peter]).ok).toBe(true);
    expect(openNote(signNote("— looks like a signature line\n", [signer]), [peter]).ok).toBe(true);
  });

  test.each([
    ["nothing", ""],
    ["text alone", PETER_TEXT],
    ["no signature", `${PETER_TEXT}\n`],
    ["no final newline", PETER_NOTE.slice(0, -1)],
    ["no empty line", PETER_NOTE.replace("\n\n", "\n")],
    ["an empty line after", `${PETER_NOTE}\n`],
    ["CRLF", PETER_NOTE.replaceAll("\n", "\r\n")],
    ["a carriage return in the text", PETER_NOTE.replace("think", "thi\rnk")],
    ["a tab", PETER_NOTE.replace("you think", "you\tthink")],
    ["a NUL", PETER_NOTE.replace("think", "thi\0nk")],
    ["a hyphen for the dash", PETER_NOTE.replace("—", "-")],
    ["an en dash", PETER_NOTE.replace("—", "–")],
    ["two spaces", PETER_NOTE.replace("— ", "—  ")],
    ["a space at the end", PETER_NOTE.replace("nAM=\n", "nAM= \n")],
    ["a third word", PETER_NOTE.replace("nAM=\n", "nAM= x\n")],
    ["no name", PETER_NOTE.replace("— PeterNeumann ", "— ")],
    ["a plus in the name", PETER_NOTE.replace("— PeterNeumann", "— Peter+Neumann")],
    ["a wide space in the name", PETER_NOTE.replace("— PeterNeumann", "— Peter\u2003Neumann")],
    ["unpadded base64", PETER_NOTE.replace("nAM=", "nAM")],
    ["base64 with bits left over", PETER_NOTE.replace("nAM=", "nAN=")],
    ["base64 for URLs", PETER_NOTE.replace("/", "_")],
    ["a signature of a key ID only", `a\n\n— x ${base64Encode(new Uint8Array(4))}\n`],
    ["an empty signature", "a\n\n— x \n"],
    ["a lone surrogate", PETER_NOTE.replace("think", "thi\ud800nk")],
    ["too many signatures", `a\n\n${`${grease()}\n`.repeat(101)}`],
    ["too many bytes", `${"a".repeat(1 << 20)}\n\n${grease()}\n`],
  ])("refuses %s", (_, note) => {
    expect(code(() => parseNote(note))).toBe("malformed_note");
    expect(openNote(note, [peter])).toMatchObject({ ok: false, code: "malformed_note" });
  });

  test("refuses bytes that are not UTF-8", () => {
    const bytes = encodeUtf8(PETER_NOTE);
    expect(code(() => parseNote(bytes.with(3, 0xff)))).toBe("malformed_note");
    expect(code(() => parseNote(new Uint8Array([...bytes.subarray(0, 3), 0xc0, 0xaf, ...bytes.subarray(3)])))).toBe(
      "malformed_note",
    );
  });

  test("a byte order mark is part of the text, so a signature over the text alone fails", () => {
    expect(parseNote(encodeUtf8(`\ufeff${PETER_NOTE}`)).text).toBe(`\ufeff${PETER_TEXT}`);
    expect(openNote(encodeUtf8(`\ufeff${PETER_NOTE}`), [peter])).toMatchObject({ code: "signature_invalid" });
  });

  test("any change of a note is read or refused, and reads back as it was", () => {
    const base = encodeUtf8(PETER_NOTE);
    const edit = fc.record({ at: fc.nat({ max: base.length - 1 }), noise: fc.uint8Array({ maxLength: 4 }) });
    fc.assert(
      fc.property(fc.array(edit, { maxLength: 3 }), (edits) => {
        let bytes = base;
        for (const { at, noise } of edits) {
          bytes = new Uint8Array([...bytes.subarray(0, at), ...noise, ...bytes.subarray(at + 1)]);
        }
        try {
          expect(encodeUtf8(formatNote(parseNote(bytes)))).toEqual(bytes);
        } catch (error) {
          expect(error).toMatchObject({ name: "MerkleError", code: "malformed_note" });
        }
      }),
      { numRuns: 500 },
    );
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.uint8Array()), (any) => {
        expect(openNote(any, [peter]).ok).toBe(false);
      }),
    );
  });
});

describe("openNote", () => {
  test("passes over unknown signatures, before and after, many of them", () => {
    const lines = [
      ...Array.from({ length: 9 }, () => grease()),
      PETER_LINE,
      ...Array.from({ length: 9 }, () => grease()),
    ];
    const verdict = openNote(`${PETER_TEXT}\n${lines.join("\n")}\n`, [peter]);
    expect(verdict.ok && verdict.note.signatures).toHaveLength(19);
    expect(verdict.ok && verdict.verified.map(({ name }) => name)).toEqual(["PeterNeumann"]);
  });

  test("knows a key by name and ID together", () => {
    const sameName = grease("PeterNeumann");
    const { keyId: id } = parseVkey(PETER);
    const sameId = formatSignatureLine({ name: "Paul", keyId: id, signature: new Uint8Array(64) });
    expect(openNote(`${PETER_TEXT}\n${sameName}\n${PETER_LINE}\n${sameId}\n`, [peter]).ok).toBe(true);
    expect(openNote(`${PETER_TEXT}\n${sameName}\n${sameId}\n`, [peter])).toMatchObject({ code: "no_known_signature" });
  });

  test("one bad signature of a known key refuses the note", () => {
    const { keyId: id } = parseVkey(PETER);
    for (const length of [1, 63, 64, 65]) {
      const bad = formatSignatureLine({ name: "PeterNeumann", keyId: id, signature: new Uint8Array(length) });
      expect(openNote(`${PETER_TEXT}\n${PETER_LINE}\n${bad}\n`, [peter])).toMatchObject({ code: "signature_invalid" });
      expect(openNote(`${PETER_TEXT}\n${bad}\n${PETER_LINE}\n`, [peter])).toMatchObject({ code: "signature_invalid" });
    }
    expect(openNote(PETER_NOTE.replace("problem is", "problem was"), [peter])).toMatchObject({
      code: "signature_invalid",
    });
  });

  test("an empty line between signatures moves the first into the text, which was not signed", () => {
    expect(openNote(`${PETER_NOTE}\n${PETER_LINE}\n`, [peter])).toMatchObject({ code: "signature_invalid" });
  });

  test("without a known key refuses", () => {
    expect(openNote(PETER_NOTE, [])).toMatchObject({ code: "no_known_signature" });
    expect(openNote(PETER_NOTE, [ed25519Verifier(FOO)])).toMatchObject({ code: "no_known_signature" });
  });

  test("gives every good signature of every known key", () => {
    const other = ed25519Signer({ name: "other", seed: new Uint8Array(32).fill(9) });
    const otherVerifier = ed25519Verifier(
      createVkey({ name: "other", type: 1, publicKey: ed25519PublicKey(new Uint8Array(32).fill(9)) }),
    );
    const verdict = openNote(signNote("text\n", [signer, other, signer]), [peter, otherVerifier]);
    expect(verdict.ok && verdict.verified.map(({ name }) => name)).toEqual(["PeterNeumann", "other", "PeterNeumann"]);
  });
});

describe("writing", () => {
  test("refuses what could not be read back", () => {
    expect(code(() => signNote("no newline", [signer]))).toBe("malformed_note");
    expect(code(() => signNote("", [signer]))).toBe("malformed_note");
    expect(code(() => signNote("a\r\n", [signer]))).toBe("malformed_note");
    expect(code(() => signNote("a\n", []))).toBe("malformed_note");
    expect(code(() => signNote("a\n", [{ ...signer, name: "a b" }]))).toBe("malformed_note");
    expect(code(() => signNote("a\n", [{ ...signer, sign: () => new Uint8Array(0) }]))).toBe("malformed_note");
  });

  test("one signature line goes there and back", () => {
    expect(formatSignatureLine(parseSignatureLine(PETER_LINE))).toBe(PETER_LINE);
    expect(code(() => parseSignatureLine(`${PETER_LINE}\n`))).toBe("malformed_note");
  });
});
