import type { CanonicalWriter } from "@cairn/event";

/** Where a block takes its values from: numbered RFC 8785 texts. */
export interface ValueSource {
  /** Appends a value to `target`. */
  copyValue(index: number, target: CanonicalWriter): void;
}
