import { timingSafeEqual } from "node:crypto";
import { CairnError } from "@cairn/event";
import { keyedDigest } from "@cairn/ledger";
import { decodeCursor, encodeCursor, type SearchCursor } from "@cairn/search";

const MAC_BYTES = 16;

/** Writes a cursor that only this instance can have written. */
export function signCursor(cursor: SearchCursor, key: Uint8Array): string {
  const text = encodeCursor(cursor);
  return `${text}.${keyedDigest(key, text, MAC_BYTES).toString("base64url")}`;
}

/** Reads a cursor. @throws CairnError cursor_invalid */
export function openCursor(signed: string, key: Uint8Array): SearchCursor {
  const at = signed.lastIndexOf(".");
  const text = signed.slice(0, Math.max(0, at));
  // Compared as text: base64 has several spellings of the same bytes, and a cursor has one.
  const given = Buffer.from(signed.slice(at + 1));
  const expected = Buffer.from(keyedDigest(key, text, MAC_BYTES).toString("base64url"));
  if (given.length !== expected.length || !timingSafeEqual(given, expected)) {
    throw new CairnError("cursor_invalid", "the cursor was not made by this server");
  }
  return decodeCursor(text);
}
