import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { concatBytes } from "../bytes/compare.ts";
import { encodeUtf8 } from "../bytes/utf8.ts";
import { formatCheckpoint } from "../checkpoint/checkpoint.ts";
import { cosignatureSigner } from "../checkpoint/cosignature.ts";
import { ed25519VerifierFactory } from "../checkpoint/verifier-factory.ts";
import { MerkleError } from "../error.ts";
import { ed25519PublicKey, ed25519Signer } from "../note/ed25519.ts";
import { formatSignatureLine } from "../note/note.ts";
import { signNote } from "../note/sign-note.ts";
import type { NoteSigner } from "../note/signer.ts";
import { createVkey, formatVkey } from "../note/vkey.ts";
import { parsePolicy } from "./parse-policy.ts";
import { isQuorum } from "./policy.ts";
import { satisfiesPolicy } from "./satisfies-policy.ts";

const seedOf = (n: number) => new Uint8Array(32).fill(n);
const vkeyOf = (name: string, type: number, n: number) =>
  formatVkey(createVkey({ name, type, publicKey: ed25519PublicKey(seedOf(n)) }));

const LOG = vkeyOf("log.example/1", 1, 1);
const WITNESSES = Array.from({ length: 6 }, (_, i) => vkeyOf(`w${i}.example`, 4, 10 + i));
const [X1, X2, X3, Y1, Y2, Y3] = WITNESSES;

/** The specification's example. */
const TWO_GROUPS = `
# logs
log ${LOG} https://log.example/1

  witness X1 ${X1}\thttps://w.example
witness X2 ${X2}
witness X3 ${X3}
group X-witnesses 2 X1 X2 X3
witness Y1 ${Y1}
witness Y2 ${Y2}
witness Y3 ${Y3}
\tgroup Y-witnesses any Y1 Y2 Y3
group X-and-Y all X-witnesses Y-witnesses
quorum X-and-Y
`;

const code = (run: () => unknown): string => {
  try {
    run();
  } catch (error) {
    if (error instanceof MerkleError) return error.code;
    throw error;
  }
  return "no error";
};

describe("parsePolicy", () => {
  test("reads the specification's example", () => {
    const policy = parsePolicy(TWO_GROUPS);
    expect(policy.logs).toMatchObject([{ vkey: { name: "log.example/1" }, url: "https://log.example/1" }]);
    expect(policy.witnesses.map(({ name, url }) => [name, url])).toEqual([
      ["X1", "https://w.example"],
      ["X2", undefined],
      ["X3", undefined],
      ["Y1", undefined],
      ["Y2", undefined],
      ["Y3", undefined],
    ]);
    expect(policy.groups).toEqual([
      { name: "X-witnesses", threshold: 2, members: ["X1", "X2", "X3"] },
      { name: "Y-witnesses", threshold: 1, members: ["Y1", "Y2", "Y3"] },
      { name: "X-and-Y", threshold: 2, members: ["X-witnesses", "Y-witnesses"] },
    ]);
    expect(policy.quorum).toBe("X-and-Y");
    expect(parsePolicy(encodeUtf8(TWO_GROUPS))).toEqual(policy);
  });

  test("reads the shortest policies", () => {
    expect(parsePolicy("quorum none")).toEqual({ logs: [], witnesses: [], groups: [], quorum: undefined });
    expect(parsePolicy(`witness w ${X1}\nquorum w\n`).quorum).toBe("w");
  });

  test("reads 32 and more of each", () => {
    const lines = Array.from({ length: 40 }, (_, i) => [
      `log ${vkeyOf(`log${i}`, 1, 100 + i)}`,
      `witness w${i} ${vkeyOf(`w${i}`, 4, 50 + i)}`,
      `group g${i} 1 ${i === 0 ? "w0" : `w${i} g${i - 1}`}`,
    ]).flat();
    const policy = parsePolicy([...lines, "quorum g39"].join("\n"));
    expect([policy.logs.length, policy.witnesses.length, policy.groups.length]).toEqual([40, 40, 40]);
    expect(isQuorum(policy, new Set(["w0"]))).toBe(true);
  });

  test("takes names as octets", () => {
    const latin1 = concatBytes(
      encodeUtf8("# caf"),
      Uint8Array.of(0xe9),
      encodeUtf8(`\nwitness w`),
      Uint8Array.of(0xff),
    );
    const text = concatBytes(latin1, encodeUtf8(` ${X1}\nquorum w`), Uint8Array.of(0xff));
    expect(parsePolicy(text).witnesses).toHaveLength(1);
    const other = concatBytes(latin1, encodeUtf8(` ${X1}\nquorum w`), Uint8Array.of(0xfe));
    expect(code(() => parsePolicy(other))).toBe("malformed_policy");
    // U+212A KELVIN SIGN is not the letter K.
    expect(code(() => parsePolicy(`witness K ${X1}\nquorum \u212a\n`))).toBe("malformed_policy");
  });

  const one = `witness a ${X1}\n`;
  const two = `${one}witness b ${X2}\n`;
  test.each([
    ["nothing", ""],
    ["no quorum", one],
    ["two quorums", `${one}quorum a\nquorum a\n`],
    ["an unknown quorum", `${one}quorum b\n`],
    ["a quorum before its definition", `quorum a\n${one}`],
    ["a quorum of two names", `${two}quorum a b\n`],
    ["a quorum of nothing", `${one}quorum\n`],
    ["an unknown keyword", `${one}logs ${LOG}\nquorum a\n`],
    ["an upper-case keyword", `${one}Quorum a\n`],
    ["a log without a key", "log\nquorum none\n"],
    ["a log with four words", `log ${LOG} a b\nquorum none\n`],
    ["a bad key", "log x+1+2\nquorum none\n"],
    ["a log with a witness's key", `log ${X1}\nquorum none\n`],
    ["a witness with a log's key", `witness a ${LOG}\nquorum none\n`],
    ["a witness without a name", `witness ${X1}\nquorum none\n`],
    ["a witness with five words", `witness a ${X1} u v\nquorum none\n`],
    ["one log twice", `log ${LOG}\nlog ${LOG}\nquorum none\n`],
    ["one log key under two names", `log ${LOG}\nlog ${vkeyOf("log.example/2", 1, 1)}\nquorum none\n`],
    ["one witness key twice", `${one}witness b ${vkeyOf("other", 4, 10)}\nquorum a\n`],
    ["one witness name twice", `${one}witness a ${X2}\nquorum a\n`],
    ["a group of a witness's name", `${one}group a any a\nquorum a\n`],
    ["a witness of the name none", `witness none ${X1}\nquorum none\n`],
    ["a group of the name none", `${one}group none any a\nquorum none\n`],
    ["none as a member", `${one}group g any none\nquorum g\n`],
    ["a member that comes later", `group g any a\n${one}quorum g\n`],
    ["a group in itself", `${one}group g any a g\nquorum g\n`],
    ["a group without members", `${one}group g any\nquorum a\n`],
    ["a member twice", `${one}group g 1 a a\nquorum g\n`],
    ["a member of two groups", `${two}group g any a\ngroup h any a b\nquorum h\n`],
    ["a threshold of zero", `${one}group g 0 a\nquorum g\n`],
    ["a threshold past the members", `${two}group g 3 a b\nquorum g\n`],
    ["a threshold that is no number", `${two}group g some a b\nquorum g\n`],
    ["a threshold with a leading zero", `${two}group g 01 a b\nquorum g\n`],
    ["CRLF", `${one}quorum a\r\n`],
    ["a form feed", `${one}quorum\fa\n`],
    ["DEL", `${one}# \x7f\nquorum a\n`],
    ["a lone surrogate", `${one}# \ud800\nquorum a\n`],
    ["too much", `#${"x".repeat(1 << 20)}\nquorum none\n`],
  ])("refuses %s", (_, text) => {
    expect(code(() => parsePolicy(text))).toBe("malformed_policy");
  });

  test("names the line", () => {
    expect(() => parsePolicy(`# first\n${one}group g 0 a\n`)).toThrow(
      expect.objectContaining({ position: 2, message: expect.stringContaining("line 3") }),
    );
  });

  test("any text is read or refused", () => {
    const word = fc.constantFrom(
      "log",
      "witness",
      "group",
      "quorum",
      "none",
      "all",
      "any",
      "1",
      "a",
      "b",
      "#",
      LOG,
      X1!,
      X2!,
    );
    const lines = fc.array(
      fc.array(word, { maxLength: 6 }).map((words) => words.join(" ")),
      { maxLength: 6 },
    );
    const text = lines.map((made) => made.join("\n"));
    fc.assert(
      fc.property(fc.oneof(text, fc.string(), fc.uint8Array()), (any) => {
        expect(["no error", "malformed_policy"]).toContain(code(() => parsePolicy(any)));
      }),
      { numRuns: 2_000 },
    );
  });
});

describe("isQuorum", () => {
  const policy = parsePolicy(TWO_GROUPS);
  test.each([
    ["", false],
    ["X1 X2", false],
    ["Y1 Y2 Y3", false],
    ["X1 Y1", false],
    ["X1 X2 Y1", true],
    ["X1 X3 Y2", true],
    ["X1 X2 X3 Y1 Y2 Y3", true],
  ])("%j: %s", (names, expected) => {
    expect(isQuorum(policy, new Set(names.split(" ")))).toBe(expected);
  });

  test("none wants nobody", () => expect(isQuorum(parsePolicy("quorum none"), new Set())).toBe(true));
});

describe("satisfiesPolicy", () => {
  const text = formatCheckpoint({ origin: "log.example/1", size: 5n, root: new Uint8Array(32) });
  const log = ed25519Signer({ name: "log.example/1", seed: seedOf(1) });
  const witness = (i: number, timestampSeconds = 1_000n): NoteSigner =>
    cosignatureSigner({ name: `w${i}.example`, seed: seedOf(10 + i), timestampSeconds });
  const policy = parsePolicy(TWO_GROUPS);
  const verdict = (signers: readonly NoteSigner[], signedText = text) =>
    satisfiesPolicy(policy, signNote(signedText, signers));

  test("log and quorum", () => {
    const verdictOf = verdict([log, witness(0), witness(2), witness(4, 7n), witness(4, 9n), witness(4, 8n)]);
    expect(verdictOf).toMatchObject({
      ok: true,
      checkpoint: { size: 5n },
      logs: [{ vkey: { name: "log.example/1" } }],
      witnessedBy: [
        { witness: { name: "X1" }, timestampSeconds: 1_000n },
        { witness: { name: "X3" }, timestampSeconds: 1_000n },
        { witness: { name: "Y2" }, timestampSeconds: 9n },
      ],
    });
  });

  test("one witness many times is one witness", () => {
    expect(verdict([log, witness(0), witness(0, 5n), witness(3)])).toMatchObject({ code: "quorum_not_met" });
  });

  test("says why not", () => {
    expect(verdict([log])).toMatchObject({ ok: false, code: "quorum_not_met" });
    expect(verdict([witness(0), witness(1), witness(3)])).toMatchObject({ code: "no_log_signature" });
    const other = formatCheckpoint({ origin: "log.example/2", size: 5n, root: new Uint8Array(32) });
    expect(verdict([log, witness(0), witness(1), witness(3)], other)).toMatchObject({ code: "unknown_log" });
    const { keyId } = witness(3);
    const forged = formatSignatureLine({ name: "w3.example", keyId, signature: new Uint8Array(72) });
    const note = `${signNote(text, [log, witness(0), witness(1)])}${forged}\n`;
    expect(satisfiesPolicy(policy, note)).toMatchObject({ code: "signature_invalid" });
    expect(satisfiesPolicy(policy, "x")).toMatchObject({ code: "malformed_note" });
    expect(satisfiesPolicy(policy, signNote("x\n", [log]))).toMatchObject({ code: "malformed_checkpoint" });
  });

  test("keys that cannot be verified count for nothing", () => {
    const signed = signNote(text, [log, witness(0), witness(1), witness(3)]);
    expect(satisfiesPolicy(policy, signed).ok).toBe(true);
    const known = ed25519VerifierFactory();
    const withoutWitnesses = satisfiesPolicy(policy, signed, {
      createVerifier: (vkey) => (vkey.type === 1 ? known(vkey) : undefined),
    });
    expect(withoutWitnesses).toMatchObject({ code: "quorum_not_met" });
    const withoutLogs = satisfiesPolicy(policy, signed, { createVerifier: () => undefined });
    expect(withoutLogs).toMatchObject({ code: "no_log_signature" });
    expect(known({ name: "x", keyId: 1, type: 6, publicKey: new Uint8Array(1312) })).toBeUndefined();
  });

  test("of any bytes is answered", () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.uint8Array()), (any) => {
        expect(satisfiesPolicy(policy, any).ok).toBe(false);
      }),
    );
  });
});
