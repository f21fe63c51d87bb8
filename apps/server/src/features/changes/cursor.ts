import { CairnError } from "@cairn/event";
import type { Principal } from "../../access/principal.ts";
import { type SealedToken, sealedToken } from "../../access/sealed-token.ts";

/** Longer than anybody follows with one cursor. */
const NEVER_MS = Number.MAX_SAFE_INTEGER;

/** Cursors of `/v1/changes`: a place in the log. Behind a wall they are sealed, because the place counts what is beyond it. */
export class ChangesCursors {
  private readonly sealed: SealedToken<string>;

  constructor(serverSecret: Uint8Array) {
    this.sealed = sealedToken<string>(serverSecret, "changes-cursors");
  }

  write(place: string, { wall }: Principal): string {
    return wall === undefined ? place : this.sealed.write(place, NEVER_MS);
  }

  /** @throws CairnError cursor_invalid */
  read(cursor: string, { wall }: Principal): string {
    if (wall === undefined || cursor === "" || cursor === "now") return cursor;
    const place = this.sealed.read(cursor, Date.now());
    if (place === undefined) throw new CairnError("cursor_invalid", "the cursor is none of this call");
    return place;
  }
}
