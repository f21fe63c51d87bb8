import { base64Encode, bytesToHex } from "@cairn/merkle";
import { expect, test } from "vitest";
import { commitControlUnit, controlRoot, decodeControlBody, encodeControlBody } from "./control-record.ts";

const salt = (byte: number): Uint8Array => new Uint8Array(16).fill(byte);
const KEPT = [
  { salt: salt(0xc1), path: "/log", value: '"cairn-00112233aa/0123456789abcdef0123/control"' },
  { salt: salt(0xc2), path: "/type", value: '"evidence.exported"' },
  { salt: salt(0xc3), path: "/time", value: '"2026-03-05T00:00:00.000Z"' },
  { salt: salt(0xc4), path: "/event_log", value: '{"ledger":1,"root":"ab","size":350}' },
  { salt: salt(0xc5), path: "/terms", value: '{"kind":"full"}' },
  { salt: salt(0xc6), path: "/sealed/requested_by", value: '"é"' },
];
const WITHHELD = { salt: salt(0xc7), path: "/sealed/query", value: '"actor:jane"' };
/** Commitment of the unit that is not kept, and root of the entry: docs/formats/control.md. */
const COMMITMENT = "f62be3fe81a30c50b205f583d76b065909d254b6a956e74aeaec3188aa8f5e49";
const ROOT = "6a38659073bf4e9fd4cf671696e2031e98bd415d4f4e15dfa0000435c6ebf81b";
/** The body before it is sealed. */
const BODY = `{"v":1,"units":[${KEPT.map(({ salt: bytes, path, value }) => JSON.stringify([base64Encode(bytes), path, value])).join(",")}],"withheld":["9ivj/oGjDFCyBfWD12sGWQnSVLapVudK6uwxiKqPXkk="]}`;

test("a control entry's body is written as it was in format 1", () => {
  const body = encodeControlBody({ eventRoot: new Uint8Array(32), kept: KEPT, withheld: [WITHHELD] });
  expect(Buffer.from(body).toString("utf8")).toBe(BODY);
});

test("a control entry's body of format 1 is read, and gives its root", () => {
  const body = decodeControlBody(Buffer.from(BODY));
  expect(body.units).toEqual(KEPT);
  expect(body.withheld.map(bytesToHex)).toEqual([COMMITMENT]);
  expect(bytesToHex(commitControlUnit(WITHHELD))).toBe(COMMITMENT);
  expect(bytesToHex(controlRoot(body))).toBe(ROOT);
});

test("a body of a later format is refused", () => {
  const later = Buffer.from(BODY.replace('"v":1', '"v":2'));
  expect(() => decodeControlBody(later)).toThrow(expect.objectContaining({ code: "format_newer" }));
});
