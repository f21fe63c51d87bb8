import type { CanonicalWriter, Receipt } from "@cairn/event";
import { bytesToHex, HASH_LENGTH } from "@cairn/merkle";

const DIGITS = Uint8Array.from("0123456789abcdef", (digit) => digit.charCodeAt(0));

/** The receipt of an event that has just been committed; its root becomes text only where it is written. */
export class FreshReceipt implements Receipt {
  readonly ledger: number;
  readonly sequence: number;
  readonly received_at: string;
  private readonly roots: Uint8Array;
  private readonly position: number;

  constructor(
    place: { readonly ledger: number; readonly sequence: number; readonly receivedAt: string },
    root: { readonly roots: Uint8Array; readonly position: number },
  ) {
    this.ledger = place.ledger;
    this.sequence = place.sequence;
    this.received_at = place.receivedAt;
    this.roots = root.roots;
    this.position = root.position;
  }

  get event_root(): string {
    return bytesToHex(this.roots.subarray(this.position * HASH_LENGTH, (this.position + 1) * HASH_LENGTH));
  }

  /** Writes the root as lower-case hexadecimal digits. */
  writeRoot(target: CanonicalWriter): void {
    target.reserve(2 * HASH_LENGTH);
    const { bytes } = target;
    let at = target.length;
    for (let i = this.position * HASH_LENGTH, end = i + HASH_LENGTH; i < end; i++) {
      const byte = this.roots[i]!;
      bytes[at++] = DIGITS[byte >> 4]!;
      bytes[at++] = DIGITS[byte & 15]!;
    }
    target.length = at;
  }
}
