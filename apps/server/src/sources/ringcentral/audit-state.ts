import type { Json } from "@cairn/event";
import type { Growth } from "./growth.ts";
import type { KnownLogins } from "./shared-logins.ts";

/** A stretch of time, Unix milliseconds. */
export interface Window {
  readonly fromMs: number;
  readonly toMs: number;
}

/** One passage through the time since the last one, a page at each look. */
export interface Sweep extends Window {
  /** What is still to be read, oldest first; the first one is being read. */
  readonly windows: readonly Window[];
  /** Page of the first window that is next. */
  readonly page: number;
  /** Records read of the first window. */
  readonly readOfWindow: number;
  readonly isSecondTry?: boolean;
  /** What RingCentral said that the whole stretch holds. */
  readonly said?: number;
  /** Records read. */
  readonly counted: number;
  /** Of the oldest record read. */
  readonly oldestMs?: number;
  /** Ids of records so late that the next passage sees them again. */
  readonly tail: readonly string[];
}

/** How far a collector of the audit trail has come. */
export interface AuditState {
  /** Everything up to here has been read. */
  readonly coveredToMs?: number;
  /** Ids of what the next passage sees again. */
  readonly seen: readonly string[];
  readonly sweep?: Sweep;
  readonly growth: Growth;
  readonly logins: KnownLogins;
}

/** Reads a checkpoint; undefined, or one of another program, is a new beginning. */
export function auditStateOf(checkpoint: Json | undefined): AuditState {
  const state = checkpoint as unknown as Partial<AuditState> | null | undefined;
  return { seen: [], growth: {}, logins: {}, ...state };
}
