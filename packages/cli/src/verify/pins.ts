import { type Checkpoint, type Policy, parseCheckpoint, parseNote, type Vkey } from "@cairn/merkle";

/** A checkpoint that the auditor kept from before. */
export interface KnownCheckpoint {
  /** Where it came from, for findings. */
  readonly file: string;
  readonly note: Uint8Array;
  readonly checkpoint: Checkpoint;
}

/** What the auditor believes, however it came to be known. */
export interface Pins {
  /** Keys of logs; a key's name is its log's origin. */
  readonly vkeys: readonly Vkey[];
  readonly policies: readonly Policy[];
  readonly known: readonly KnownCheckpoint[];
}

/** Reads a kept checkpoint. Throws `MerkleError`. */
export function parseKnownCheckpoint(file: string, note: Uint8Array): KnownCheckpoint {
  return { file, note, checkpoint: parseCheckpoint(parseNote(note).text) };
}

/** Tells whether the auditor has brought anything to compare with. */
export function hasPins(pins: Pins): boolean {
  return pins.vkeys.length + pins.policies.length + pins.known.length > 0;
}
