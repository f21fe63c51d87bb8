import { CliFailure } from "../command/failure.ts";
import { asObject, type JsonObject } from "../files/json-values.ts";
import { readIfThere } from "../files/read-if-there.ts";
import { writeDurably } from "../files/write-durably.ts";
import type { FileState } from "./open-input.ts";

/** How far each file has been imported, kept in a file of its own. */
export interface ResumeState {
  /** Records of a file that need not be sent again; 0 when it is another file by now. */
  settled(path: string, state: FileState): number;
  /** Notes that the first `records` of a file are settled. Written to disk from time to time. */
  advance(path: string, state: FileState, records: number): Promise<void>;
  save(): Promise<void>;
}

interface FileProgress extends FileState {
  readonly records: number;
}

/** A second of work is all that has to be done again. */
const SAVE_EVERY_MS = 1_000;

/** Opens a state file, or begins one. Throws `CliFailure` for a file that is something else. */
export async function openResumeState(path: string): Promise<ResumeState> {
  const files = new Map<string, FileProgress>();
  for (const [name, progress] of Object.entries(await readState(path))) files.set(name, progress);
  let savedAtMs = performance.now();

  async function save(): Promise<void> {
    savedAtMs = performance.now();
    await writeDurably(path, `${JSON.stringify({ v: 1, files: Object.fromEntries(files) }, null, 2)}\n`);
  }

  return {
    settled(name, { size, modifiedMs }) {
      const known = files.get(name);
      return known?.size === size && known.modifiedMs === modifiedMs ? known.records : 0;
    },
    async advance(name, state, records) {
      files.set(name, { ...state, records });
      if (performance.now() - savedAtMs >= SAVE_EVERY_MS) await save();
    },
    save,
  };
}

async function readState(path: string): Promise<Readonly<Record<string, FileProgress>>> {
  const text = await readIfThere(path);
  if (text === undefined) return {};
  const files = asObject(parsed(text)?.files);
  const isState = files !== undefined && Object.values(files).every(isProgress);
  if (!isState) throw new CliFailure(`${path} is no state of an import: give another name to --resume`);
  return files as unknown as Readonly<Record<string, FileProgress>>;
}

function parsed(text: string): JsonObject | undefined {
  try {
    const state = asObject(JSON.parse(text));
    return state?.v === 1 ? state : undefined;
  } catch {
    return undefined;
  }
}

function isProgress(value: unknown): boolean {
  const { size, modifiedMs, records } = (value ?? {}) as Partial<FileProgress>;
  return [size, modifiedMs, records].every((number) => typeof number === "number");
}
