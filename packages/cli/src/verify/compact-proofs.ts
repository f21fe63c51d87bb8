import {
  bytesEqual,
  type Checkpoint,
  leafHash,
  MerkleError,
  parseProofExtra,
  parseTlogProof,
  verifyInclusion,
} from "@cairn/merkle";
import { type EventLine, receivedAt } from "./disclosed-events.ts";
import type { Findings } from "./finding.ts";
import { proofPath } from "./layout.ts";
import type { ListedFiles } from "./listed-files.ts";

/** The proofs of a compact bundle. */
export interface CompactProofs {
  /** Gives the entry of an event once its proof holds. */
  entryOf(line: EventLine): Promise<Uint8Array | undefined>;
  /** Checks what takes all of them: that times do not decrease. */
  finish(): void;
}

/** What the proofs lead to. */
export interface ProofContext {
  readonly files: ListedFiles;
  readonly checkpoint: Checkpoint;
  /** The bundle's checkpoint, byte for byte. */
  readonly note: Uint8Array;
}

/** Opens the proofs of a compact bundle. */
export function openProofs({ files, checkpoint, note }: ProofContext, findings: Findings): CompactProofs {
  const times: { readonly sequence: number; readonly receivedAtMs: number }[] = [];

  async function entryOf({ sequence, disclosure }: EventLine): Promise<Uint8Array | undefined> {
    const file = proofPath(sequence);
    const bytes = await files.read(file);
    const report = (code: string, message: string): undefined => {
      findings.add({ code, file, index: sequence, message });
    };
    if (bytes === undefined) return report("proof_missing", "the event has no proof");
    try {
      const proof = parseTlogProof(bytes);
      if (proof.index !== BigInt(sequence)) return report("name_mismatch", `the proof is of entry ${proof.index}`);
      if (!bytesEqual(proof.checkpoint, note)) return report("proof_checkpoint", "it leads to another checkpoint");
      if (proof.extra === undefined) return report("malformed_proof", "the proof does not carry its entry");
      const extra = parseProofExtra(proof.extra);
      if (extra.disclosure !== undefined && JSON.stringify(extra.disclosure) !== JSON.stringify(disclosure)) {
        return report("proof_disclosure", "the proof shows something else than events.ndjson");
      }
      const claim = { leafIndex: proof.index, leafHash: leafHash(extra.entry), hashes: proof.hashes };
      const inclusion = verifyInclusion(claim, checkpoint);
      if (!inclusion.ok) return report(inclusion.code, inclusion.message);
      const receivedAtMs = receivedAt(extra.entry);
      if (receivedAtMs === undefined) return report("entry_kind", "the entry is not of an event");
      times.push({ sequence, receivedAtMs });
      return extra.entry;
    } catch (error) {
      if (error instanceof MerkleError) return report(error.code, error.message);
      throw error;
    }
  }

  return {
    entryOf,
    finish() {
      times.sort((a, b) => a.sequence - b.sequence);
      for (const [i, { sequence, receivedAtMs }] of times.entries()) {
        const before = times[i - 1];
        if (before === undefined || receivedAtMs >= before.receivedAtMs) continue;
        const message = `the entry was received before entry ${before.sequence}, which precedes it`;
        findings.add({ code: "time_decreased", file: proofPath(sequence), index: sequence, message });
      }
    },
  };
}
