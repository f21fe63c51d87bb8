import type { LogName, RememberedLog } from "./memory.ts";

/** What is known of the log from earlier visits. */
export type PastCheck =
  /** Nothing: this is the first look. */
  | { readonly kind: "first" }
  /** All that was there at the last look is still there. */
  | { readonly kind: "kept"; readonly size: number; readonly seen: string; readonly firstSeen: string }
  /** The network was away in between. */
  | { readonly kind: "uncompared" };

/** How an event stands to the log, as far as this browser could find out. */
export type ProofState =
  | { readonly kind: "checking" }
  | { readonly kind: "pending" }
  | { readonly kind: "other-ledger"; readonly ledger: number }
  /** Not wrong for that; `why` is a sentence. */
  | { readonly kind: "unchecked"; readonly why: string }
  | {
      readonly kind: "verified";
      /** Events in the log that the checkpoint signs. */
      readonly size: number;
      readonly origin: string;
      /** Eight hex digits. */
      readonly keyId: string;
      readonly withheldCount: number;
      readonly past: PastCheck;
      /** False where the browser keeps nothing. */
      readonly isRemembered: boolean;
      /** The `.tlog-proof`, to take away. */
      readonly proof: Uint8Array;
    }
  | {
      readonly kind: "failed";
      readonly message: string;
      /** Set when the log contradicts what was seen of it before. */
      readonly against: Contradiction | undefined;
    };

/** Two claims of one log that cannot both be true. */
export interface Contradiction {
  readonly name: LogName;
  readonly remembered: RememberedLog;
  /** The signed note that contradicts it; undefined when it is the key that changed. */
  readonly claimed: string | undefined;
}
