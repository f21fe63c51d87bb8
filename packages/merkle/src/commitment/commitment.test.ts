import { createCipheriv } from "node:crypto";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { bytesToHex, hexToBytes } from "../bytes/hex.ts";
import { decodeUtf8, encodeUtf8 } from "../bytes/utf8.ts";
import { MerkleError } from "../error.ts";
import { leafHash } from "../tree/hashing.ts";
import { formatDisclosure } from "./disclosure.ts";
import { decodeEntry, encodeEntry, writeEntry } from "./entry.ts";
import { eventRoot } from "./event-root.ts";
import { commitUnit, decodeUnit, encodeUnit } from "./unit.ts";
import { type DisclosureRefusal, verifyDisclosure } from "./verify-disclosure.ts";

/** The published vector of leaf format v1: salt, path, value, commitment. */
const VECTOR = `
f29000b62a499fd0a9f39a6add2e7780 /action "patient.record.viewed" 43337e995aa8d010ff02c93c55f62bd139073e1c90a55418c4a60eb4d5b64f99
f05d76ae4ab99fe5a6f69b3148c2363d /actor/email "dr.müller@example.org" 813ee6d3f79d833a7956fcfea93671c5c51dd9062eb25ce208e9d7f5daf025db
0ebcb5deb52c83bd08a8a935182c9199 /actor/name "Dr. Müller" f189934a82eca3f8eac27b5150f5057bfacc3d049db78940b300a3a728b392f0
d24356532881602f809eb383c5ff5d56 /actor/ref "sub_8f14e45f" 863adb6471c57c811d79b6faa5c1de52dadefcf0d42fe0b537f2f9d0fb61532f
4e5fe6bc2af2b80633c371f5c1ce694e /context/ip "203.0.113.7" 4c4cfe6ffd1772c3adb4c426ea6be19641d0370b78bbcf2c9fdca8a534e452d9
a90741e6797146a550b63f264a604ee4 /context/user_agent "curl/8.5.0" 7d6b67ac28152d73fa52b9ef6df956c7d2101db66544855dffc53e6cdd7816d0
e96f3e0a91d150e2d389d3c716244899 /count 3 3e9aac4640f67a43d8c9dc8be83067029a73e011a080a9a6a71004d3de925fc5
5d15369920a8454134a61443fe5fd1b0 /id "0192f0c1-7b7a-7cc3-98c4-dc0c0c07398f" c5d27598973d7860920e706e31a03956b7e3e81c018965fc2f01054bd73c581d
d7514e072c5feca9197966348324ba5d /nested/a/b {"c":[1,null,true]} 16340d33c62a3ab334ef0c23e4b3a42b9139bd2c403be539d24b8c36645202ab
2cbd526be87c119cd01227fa64243b82 /occurred_at "2026-03-04T05:06:07.089Z" d3e8b012116628fa1daa1723e5d28da4eb70ad4cebb7dab315518166d6c1f691
7ebe968ceb290f791c66d8fb40a7863a /outcome "success" 0ce16c13adcbd3f6484d80e5f81f734e8f445fc0043881e5241b4c68f6928f7e
21584d7fdeaac3e6870a79526e666ee2 /ratio 0.1 44c272ccd48d28b4fd07300a86b6d039dc76100c1e22480f3d050509d9a952e0
3f62c42519fcdb8f8580b1d73c0aead6 /target/mrn "00012345" 385f7d72fa26af74df169eeefb4b302862b686a3be562ac1123a21ed9d41330e
30ed52c1edc8dad5659c0940a414027c /target/ref "sub_c9f0f895" dd013f116b004a3b7c65ca34b4f4a0847219f0340b78cb5970d2ea4223958a35
62b5e1438a1f9d3523ac06b82b425cab /target/type "patient" 1b6e7892afe1440b05317f35292e8a58afe75ddd72449a33f46c09c58fe2fb4e
`
  .trim()
  .split("\n")
  .map((line) => {
    const [, salt, path, value, commitment] = /^(\w+) (\S+) (.+) (\w+)$/.exec(line) ?? [];
    return { salt: hexToBytes(salt!), path: path!, value: encodeUtf8(value!), commitment: hexToBytes(commitment!) };
  });
const EVENT_ROOT = hexToBytes("2e960595dab4f12b3820cedac928465c8290f9c5077b7a813496e413800edb9b");
const RECEIVED_AT = 1_772_600_767_089;
const ENTRY = hexToBytes("01010000019cb73d32712e960595dab4f12b3820cedac928465c8290f9c5077b7a813496e413800edb9b");

const shown = VECTOR.map(({ salt, path, value }) => ({ salt, unit: encodeUnit(path, value) }));

describe("the published vector", () => {
  test("salts are the AES-256-CTR stream that it says", () => {
    const seed = Uint8Array.from({ length: 32 }, (_, i) => i);
    const stream = createCipheriv("aes-256-ctr", seed, new Uint8Array(16)).update(new Uint8Array(16 * VECTOR.length));
    expect(VECTOR.map(({ salt }) => bytesToHex(salt)).join("")).toBe(stream.toString("hex"));
  });

  test("commitments", () => {
    for (const [i, { salt, unit }] of shown.entries()) expect(commitUnit(salt, unit)).toEqual(VECTOR[i]!.commitment);
  });

  test("event root, entry, leaf hash", () => {
    expect(eventRoot(VECTOR.map(({ commitment }) => commitment))).toEqual(EVENT_ROOT);
    expect(eventRoot(VECTOR.map(({ commitment }) => commitment).reverse())).toEqual(EVENT_ROOT);
    expect(encodeEntry({ kind: "event", receivedAt: RECEIVED_AT, eventRoot: EVENT_ROOT })).toEqual(ENTRY);
    expect(bytesToHex(leafHash(ENTRY))).toBe("96ca039c64351b1ebd3b7d8e3e774f7c8652f30104725d7d5eb39c3f611a0bdf");
  });

  test("disclosures, whole and redacted", () => {
    const whole = verifyDisclosure(formatDisclosure({ units: shown, redacted: [] }), ENTRY);
    expect(whole).toMatchObject({ ok: true, redactedCount: 0, entry: { kind: "event", receivedAt: RECEIVED_AT } });
    const hidden = new Set(["/actor/email", "/actor/name", "/target/mrn", "/context/ip"]);
    const redacted = formatDisclosure({
      units: shown.filter((_, i) => !hidden.has(VECTOR[i]!.path)),
      redacted: VECTOR.filter(({ path }) => hidden.has(path)).map(({ commitment }) => commitment),
    });
    const verdict = verifyDisclosure(JSON.parse(JSON.stringify(redacted)), ENTRY);
    expect(verdict.ok && verdict.units.map(({ path, value }) => `${path} ${decodeUtf8(value)}`)).toEqual(
      VECTOR.filter(({ path }) => !hidden.has(path)).map(({ path, value }) => `${path} ${decodeUtf8(value)}`),
    );
    expect(verdict).toMatchObject({ redactedCount: 4 });
  });
});

describe("units", () => {
  test("go there and back", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), fc.uint8Array({ minLength: 1 }), (text, value) => {
        const path = `/${text.toWellFormed().replaceAll("~", "~0")}`;
        expect(decodeUnit(encodeUnit(path, value))).toEqual({ path, value });
      }),
    );
  });

  test.each(["", "a", "~1a", "/~", "/a~2", "/a~/b", "/\ud800", `/${"a".repeat(65_535)}`])(
    "refuses the path %j",
    (path) => {
      expect(() => encodeUnit(path, Uint8Array.of(0x31))).toThrow(expect.objectContaining({ code: "malformed_unit" }));
    },
  );

  test.each([
    ["nothing", ""],
    ["half a length", "00"],
    ["a path cut short", "00032f61"],
    ["no value", "00022f61"],
    ["a path that is no pointer", "00016131"],
    ["an empty path", "000031"],
    ["a path that is not UTF-8", "00022fff31"],
  ])("refuses %s", (_, hex) => {
    expect(() => decodeUnit(hexToBytes(hex))).toThrow(expect.objectContaining({ code: "malformed_unit" }));
  });

  test("any bytes are read or refused", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) => {
        try {
          const { path, value } = decodeUnit(bytes);
          expect(encodeUnit(path, value)).toEqual(bytes);
        } catch (error) {
          expect(error).toBeInstanceOf(MerkleError);
        }
      }),
    );
  });

  test("a salt has 16 bytes", () => {
    expect(() => commitUnit(new Uint8Array(15), shown[0]!.unit)).toThrow(MerkleError);
  });
});

describe("event roots", () => {
  const commitment = (i: number): Uint8Array => new Uint8Array(32).fill(i & 255).fill(i >> 8, 0, 1);

  test("take 1 to 1024 distinct commitments of 32 bytes", () => {
    expect(eventRoot(Array.from({ length: 1024 }, (_, i) => commitment(i)))).toHaveLength(32);
    const code = (commitments: Uint8Array[]): string => {
      try {
        eventRoot(commitments);
      } catch (error) {
        if (error instanceof MerkleError) return error.code;
      }
      return "no typed error";
    };
    expect(code([])).toBe("unit_count");
    expect(code(Array.from({ length: 1025 }, (_, i) => commitment(i)))).toBe("unit_count");
    expect(code([commitment(1), commitment(2), commitment(1)])).toBe("duplicate_commitment");
    expect(code([new Uint8Array(31)])).toBe("out_of_range");
  });
});

describe("entries", () => {
  const hash = fc.uint8Array({ minLength: 32, maxLength: 32 });
  const receivedAt = fc.maxSafeNat();

  test("of every kind go there and back", () => {
    const event = fc.record({ kind: fc.constantFrom("event", "control"), receivedAt, eventRoot: hash });
    const size = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n });
    const checkpoint = fc.record({ kind: fc.constant("checkpoint"), receivedAt, originHash: hash, size, root: hash });
    fc.assert(
      fc.property(fc.oneof(event, checkpoint), (entry) => {
        const bytes = encodeEntry(entry);
        expect(bytes).toHaveLength(entry.kind === "checkpoint" ? 82 : 42);
        expect(decodeEntry(bytes)).toEqual(entry);
        const target = new Uint8Array(100);
        writeEntry(entry, { target, offset: 7 });
        expect(target.subarray(7, 7 + bytes.length)).toEqual(bytes);
      }),
    );
  });

  test.each([
    ["nothing", new Uint8Array(0)],
    ["another version", ENTRY.with(0, 2)],
    ["another kind", ENTRY.with(1, 4)],
    ["kind zero", ENTRY.with(1, 0)],
    ["a byte less", ENTRY.subarray(0, 41)],
    ["a byte more", new Uint8Array([...ENTRY, 0])],
    ["a checkpoint of an event's length", ENTRY.with(1, 3)],
    ["an event of a checkpoint's length", new Uint8Array([...ENTRY, ...new Uint8Array(40)])],
    ["a time past 2^53", ENTRY.with(2, 1)],
  ])("refuses %s", (_, bytes) => {
    expect(() => decodeEntry(bytes)).toThrow(expect.objectContaining({ code: "malformed_entry" }));
    expect(verifyDisclosure(formatDisclosure({ units: shown, redacted: [] }), bytes)).toMatchObject({
      code: "malformed_entry",
    });
  });

  test("read from a Node buffer do not change with it", () => {
    const buffer = Buffer.from(ENTRY);
    const entry = decodeEntry(buffer);
    buffer.fill(0);
    expect(entry).toEqual({ kind: "event", receivedAt: RECEIVED_AT, eventRoot: EVENT_ROOT });
  });

  test("refuses to write what it could not read", () => {
    const outOfRange = expect.objectContaining({ code: "out_of_range" });
    const entry = { kind: "event", receivedAt: 1, eventRoot: EVENT_ROOT } as const;
    expect(() => encodeEntry({ ...entry, receivedAt: -1 })).toThrow(outOfRange);
    expect(() => encodeEntry({ ...entry, receivedAt: 0.5 })).toThrow(outOfRange);
    expect(() => encodeEntry({ ...entry, receivedAt: 2 ** 53 })).toThrow(outOfRange);
    expect(() => encodeEntry({ ...entry, eventRoot: new Uint8Array(31) })).toThrow(outOfRange);
    expect(() => writeEntry(entry, { target: new Uint8Array(42), offset: 1 })).toThrow(outOfRange);
    expect(() => writeEntry(entry, { target: new Uint8Array(42), offset: -1 })).toThrow(outOfRange);
    const anchor = { kind: "checkpoint", receivedAt: 1, originHash: EVENT_ROOT, root: EVENT_ROOT } as const;
    expect(() => encodeEntry({ ...anchor, size: 2n ** 64n })).toThrow(outOfRange);
  });
});

describe("verifyDisclosure", () => {
  /** Commits to the units given and discloses all of them. */
  const verdictOf = (units: readonly (readonly [path: string, value: string])[]) => {
    const made = units.map(([path, value], i) => ({
      salt: new Uint8Array(16).fill(i),
      unit: encodeUnit(path, encodeUtf8(value)),
    }));
    const root = eventRoot(made.map(({ salt, unit }) => commitUnit(salt, unit)));
    const entry = encodeEntry({ kind: "control", receivedAt: 5, eventRoot: root });
    return verifyDisclosure(formatDisclosure({ units: made, redacted: [] }), entry);
  };
  const whole = formatDisclosure({ units: shown, redacted: [] });
  const refusal = (disclosure: unknown): DisclosureRefusal | "proven" => {
    const verdict = verifyDisclosure(disclosure, ENTRY);
    return verdict.ok ? "proven" : verdict.code;
  };

  test("refuses overlapping paths though the hashes fit", () => {
    const pair = (a: string, b: string) =>
      verdictOf([
        [a, "1"],
        [b, "{}"],
      ]);
    expect(pair("/a", "/b")).toMatchObject({ ok: true });
    expect(pair("/a", "/ab")).toMatchObject({ ok: true });
    expect(pair("/a", "/a~1b")).toMatchObject({ ok: true });
    expect(pair("/a", "/a")).toMatchObject({ code: "duplicate_path" });
    expect(pair("/a/b/c", "/a")).toMatchObject({ code: "nested_path" });
    expect(pair("/a/b", "/a/b/c")).toMatchObject({ code: "nested_path" });
    expect(pair("/a/", "/a")).toMatchObject({ code: "nested_path" });
  });

  test("refuses a committed value that is not JSON", () => {
    expect(verdictOf([["/a", "nonsense"]])).toMatchObject({ code: "value_not_json" });
  });

  test("refuses a unit that is none, though the hashes fit", () => {
    const salt = new Uint8Array(16);
    const unit = encodeUtf8("x");
    const entry = encodeEntry({ kind: "event", receivedAt: 0, eventRoot: eventRoot([commitUnit(salt, unit)]) });
    const verdict = verifyDisclosure(formatDisclosure({ units: [{ salt, unit }], redacted: [] }), entry);
    expect(verdict).toMatchObject({ code: "malformed_unit" });
  });

  test("refuses anything dropped, added, doubled or changed", () => {
    const commitments = VECTOR.map(({ commitment }) => commitment);
    expect(refusal({ ...whole, units: whole.units.slice(1) })).toBe("root_mismatch");
    expect(refusal({ ...whole, units: [...whole.units, whole.units[0]] })).toBe("duplicate_commitment");
    const stranger = formatDisclosure({ units: shown, redacted: [new Uint8Array(32)] });
    expect(refusal(stranger)).toBe("root_mismatch");
    expect(refusal(formatDisclosure({ units: shown, redacted: [commitments[0]!] }))).toBe("duplicate_commitment");
    for (const [i, { salt, unit }] of shown.entries()) {
      const salted = shown.with(i, { salt: salt.with(0, salt[0]! ^ 1), unit });
      expect(refusal(formatDisclosure({ units: salted, redacted: [] }))).toBe("root_mismatch");
      const changed = shown.with(i, { salt, unit: unit.with(-1, unit.at(-1)! ^ 1) });
      expect(refusal(formatDisclosure({ units: changed, redacted: [] }))).toBe("root_mismatch");
    }
  });

  test("refuses what has another shape", () => {
    expect(refusal(whole)).toBe("proven");
    for (const json of [
      null,
      1,
      "x",
      [],
      {},
      { ...whole, v: 2 },
      { ...whole, v: "1" },
      { ...whole, extra: 1 },
      { v: 1, units: whole.units },
      { v: 1, units: {}, redacted: [] },
      { v: 1, units: [["a"]], redacted: [] },
      { v: 1, units: [[1, 2]], redacted: [] },
      { v: 1, units: [["AA==", "AA=="]], redacted: [] },
      { v: 1, units: [], redacted: ["AA=="] },
      { v: 1, units: [], redacted: [7] },
      { v: 1, units: [["!", "!"]], redacted: [] },
    ]) {
      expect(refusal(json)).toBe("malformed_disclosure");
    }
    expect(refusal({ v: 1, units: [], redacted: [] })).toBe("unit_count");
    expect(refusal({ v: 1, units: [], redacted: Array.from({ length: 1025 }, () => "") })).toBe("unit_count");
  });

  test("answers for any JSON and any entry", () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.uint8Array({ maxLength: 90 }), (json, entry) => {
        expect(verifyDisclosure(json, entry).ok).toBe(false);
        expect(verifyDisclosure(json, ENTRY).ok).toBe(false);
      }),
    );
  });
});
