import type { RecordedEvent } from "@cairn/event";
import {
  ed25519Verifier,
  encodeEntry,
  hexToBytes,
  leafHash,
  MerkleError,
  openCheckpoint,
  parseProofExtra,
  parseTlogProof,
  type TreeHead,
  verifyDisclosure,
  verifyInclusion,
} from "@cairn/merkle";
import { differenceFrom } from "./compare-units.ts";

/** Whose log an event has to be in, as the server says or as this browser remembers. */
export interface ExpectedLog {
  readonly origin: string;
  readonly vkey: string;
}

/** Says whether a proof shows that an event is in a log, and if not, why. */
export type EventVerdict =
  | {
      readonly ok: true;
      /** Signed by the log; the event is entry `sequence` of it. */
      readonly head: TreeHead;
      /** The signed note, verbatim: what a later claim can be held against. */
      readonly note: string;
      /** Parts of the event whose content is withheld or destroyed; that they were there is proved, not what they said. */
      readonly withheldCount: number;
    }
  | { readonly ok: false; readonly message: string };

/**
 * Verifies, with nothing but the bytes at hand, that `event` exactly as shown is in the log: the checkpoint's signature,
 * the path from the entry to its root, every unit of the event against the entry, and each shown value against the units.
 */
export function verifyEvent(event: RecordedEvent, proofBytes: Uint8Array, log: ExpectedLog): EventVerdict {
  try {
    const proof = parseTlogProof(proofBytes);
    const opened = openCheckpoint(proof.checkpoint, { origin: log.origin, log: [ed25519Verifier(log.vkey)] });
    if (!opened.ok) return opened;
    if (proof.index !== BigInt(event.sequence)) return refused(`the proof is of entry ${proof.index}`);
    // The entry is made of what is shown, so that the receipt is proved with it.
    const entry = encodeEntry({
      kind: "event",
      receivedAt: Date.parse(event.received_at),
      eventRoot: hexToBytes(event.event_root),
    });
    const inclusion = verifyInclusion(
      { leafIndex: proof.index, leafHash: leafHash(entry), hashes: proof.hashes },
      opened.checkpoint,
    );
    if (!inclusion.ok) return inclusion;
    if (proof.extra === undefined) return refused("the proof does not carry the event");
    const shown = verifyDisclosure(parseProofExtra(proof.extra).disclosure, entry);
    if (!shown.ok) return shown;
    const difference = differenceFrom(event, shown.units, log.origin);
    if (difference !== undefined) return refused(difference);
    return {
      ok: true,
      head: { size: opened.checkpoint.size, root: opened.checkpoint.root },
      note: new TextDecoder().decode(proof.checkpoint),
      withheldCount: shown.redactedCount,
    };
  } catch (error) {
    if (error instanceof MerkleError) return refused(error.message);
    throw error;
  }
}

function refused(message: string): EventVerdict {
  return { ok: false, message };
}
