import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { base64Decode, base64Encode } from "./base64.ts";
import { bytesEqual, compareBytes, concatBytes } from "./compare.ts";
import { bytesToHex, hexToBytes } from "./hex.ts";
import { decodeUtf8, encodeUtf8 } from "./utf8.ts";

describe("base64", () => {
  test.each([
    ["", ""],
    ["f", "Zg=="],
    ["fo", "Zm8="],
    ["foo", "Zm9v"],
    ["foob", "Zm9vYg=="],
    ["fooba", "Zm9vYmE="],
    ["foobar", "Zm9vYmFy"],
  ])("RFC 4648 §10: %j is %j", (plain, encoded) => {
    expect(base64Encode(encodeUtf8(plain))).toBe(encoded);
    expect(decodeUtf8(base64Decode(encoded))).toBe(plain);
  });

  test("agrees with Node on any bytes", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 100 }), (bytes) => {
        const text = Buffer.from(bytes).toString("base64");
        expect(base64Encode(bytes)).toBe(text);
        expect(base64Decode(text)).toEqual(bytes);
      }),
    );
  });

  test.each([
    "Zg",
    "Zg=",
    "Zh==",
    "Zm9=",
    "Zm8",
    "Z===",
    "====",
    "=",
    "Zg==Zg==",
    "Zm 8",
    "Zm8\n",
    "Zm9_",
    "Zm9-",
    "Zmé9",
  ])("refuses %j", (text) => {
    expect(() => base64Decode(text)).toThrow(expect.objectContaining({ code: "malformed_base64" }));
  });

  test("has one spelling for each byte string", () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(..."AQgwZ/+=") }), (text) => {
        let bytes: Uint8Array;
        try {
          bytes = base64Decode(text);
        } catch {
          return;
        }
        expect(base64Encode(bytes)).toBe(text);
      }),
      { numRuns: 2_000 },
    );
  });
});

describe("hexadecimal", () => {
  test("goes there and back", () => {
    fc.assert(
      fc.property(fc.uint8Array(), (bytes) => {
        expect(bytesToHex(bytes)).toBe(Buffer.from(bytes).toString("hex"));
        expect(hexToBytes(bytesToHex(bytes).toUpperCase())).toEqual(bytes);
      }),
    );
  });

  test.each(["0", "0g", "g0", "0x00", "  ", "é0", "@0", "`0"])("refuses %j", (text) => {
    expect(() => hexToBytes(text)).toThrow(expect.objectContaining({ code: "malformed_hex" }));
  });
});

describe("byte strings", () => {
  test("are ordered and compared as Node does", () => {
    const short = fc.uint8Array({ maxLength: 3, max: 2 });
    fc.assert(
      fc.property(short, short, (a, b) => {
        expect(Math.sign(compareBytes(a, b))).toBe(Buffer.compare(a, b));
        expect(bytesEqual(a, b)).toBe(Buffer.compare(a, b) === 0);
        expect(concatBytes(a, b)).toEqual(new Uint8Array(Buffer.concat([a, b])));
      }),
    );
  });
});

describe("UTF-8", () => {
  test("keeps a byte order mark and refuses what is not text", () => {
    expect(decodeUtf8(Uint8Array.of(0xef, 0xbb, 0xbf, 0x61))).toBe("\ufeffa");
    expect(encodeUtf8("\ufeffa")).toEqual(Uint8Array.of(0xef, 0xbb, 0xbf, 0x61));
    const malformed = expect.objectContaining({ code: "malformed_utf8" });
    expect(() => decodeUtf8(Uint8Array.of(0xc0, 0x80))).toThrow(malformed);
    expect(() => decodeUtf8(Uint8Array.of(0xed, 0xa0, 0x80))).toThrow(malformed);
    expect(() => encodeUtf8("a\ud800")).toThrow(malformed);
  });
});
