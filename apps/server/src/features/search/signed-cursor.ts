import { timingSafeEqual } from "node:crypto";
import { CairnError } from "@cairn/event";
import { deriveKey, keyedDigest } from "@cairn/ledger";
import { decodeCursor, encodeCursor, type SearchCursor } from "@cairn/search";
import type { Principal } from "../../access/principal.ts";
import { type SealedToken, sealedToken } from "../../access/sealed-token.ts";

const MAC_BYTES = 16;
const NEVER_MS = Number.MAX_SAFE_INTEGER;

/** Cursors of search, which only this instance can have written. Behind a wall they are sealed: a place in the log counts what is beyond. */
export class SearchCursors {
  private readonly key: Uint8Array;
  private readonly sealed: SealedToken<string>;

  constructor(serverSecret: Uint8Array) {
    this.key = deriveKey(serverSecret, "search-cursors");
    this.sealed = sealedToken<string>(serverSecret, "search-cursors-walled");
  }

  write(cursor: SearchCursor, { wall }: Pick<Principal, "wall">): string {
    const text = encodeCursor(cursor);
    return wall === undefined ? `${text}.${this.mac(text)}` : this.sealed.write(text, NEVER_MS);
  }

  /** @throws CairnError cursor_invalid */
  read(written: string, { wall }: Pick<Principal, "wall">): SearchCursor {
    const text = wall === undefined ? this.openSigned(written) : this.sealed.read(written, Date.now());
    if (text === undefined) throw new CairnError("cursor_invalid", "the cursor was not made by this server");
    return decodeCursor(text);
  }

  private openSigned(signed: string): string | undefined {
    const at = signed.lastIndexOf(".");
    const text = signed.slice(0, Math.max(0, at));
    // Compared as text: base64 has several spellings of the same bytes, and a cursor has one.
    const given = Buffer.from(signed.slice(at + 1));
    const expected = Buffer.from(this.mac(text));
    return given.length === expected.length && timingSafeEqual(given, expected) ? text : undefined;
  }

  private mac(text: string): string {
    return keyedDigest(this.key, text, MAC_BYTES).toString("base64url");
  }
}
