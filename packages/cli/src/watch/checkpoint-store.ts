import { mkdir, readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { MerkleError } from "@cairn/merkle";
import { CliFailure } from "../command/failure.ts";
import { writeDurably } from "../files/write-durably.ts";
import { type KnownCheckpoint, parseKnownCheckpoint } from "../verify/pins.ts";

/** Checkpoints of one log, kept on this machine for good. */
export interface CheckpointStore {
  /** Smallest first. */
  readonly kept: readonly KnownCheckpoint[];
  /** Keeps one more, durably. */
  keep(checkpoint: KnownCheckpoint["checkpoint"], note: Uint8Array): Promise<void>;
  /** Keeps a checkpoint that contradicts those kept: with one of them, it is the proof. */
  accuse(note: Uint8Array): Promise<string>;
}

const NAME = /^checkpoint\.\d+$/;

/** Opens the store of a log, making its directory. Throws `CliFailure` when a kept file is not a checkpoint any more. */
export async function openCheckpointStore(directory: string): Promise<CheckpointStore> {
  await mkdir(directory, { recursive: true });
  const kept: KnownCheckpoint[] = [];
  for (const name of await readdir(directory)) {
    if (NAME.test(name)) kept.push(await readKept(join(directory, name)));
  }
  kept.sort((a, b) => (a.checkpoint.size < b.checkpoint.size ? -1 : 1));
  return {
    kept,
    async keep(checkpoint, note) {
      const file = join(directory, `checkpoint.${checkpoint.size}`);
      await writeDurably(file, note);
      kept.push({ file, note, checkpoint });
    },
    async accuse(note) {
      const file = join(directory, `contradiction.${Date.now()}`);
      await writeDurably(file, note);
      return file;
    },
  };
}

async function readKept(file: string): Promise<KnownCheckpoint> {
  try {
    return parseKnownCheckpoint(file, await readFile(file));
  } catch (error) {
    if (!(error instanceof MerkleError)) throw error;
    throw new CliFailure(`${file} is damaged: ${error.message}`, { cause: error });
  }
}
