import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { UsageError } from "../command/usage-error.ts";
import type { FileState } from "./open-input.ts";

/** A file to be imported. */
export interface FoundFile {
  readonly path: string;
  /** Undefined for standard input. */
  readonly state: FileState | undefined;
}

/** Files of a directory that are taken; others (a licence, a checksum) are passed over. */
const EXTENSIONS = /\.(?:json|ndjson|jsonl|csv|tsv)(?:\.gz|\.zst)?$/i;

/** Finds the files that arguments name; a directory stands for the files in it and below, by name. Throws `UsageError`. */
export async function findFiles(paths: readonly string[]): Promise<readonly FoundFile[]> {
  const found: FoundFile[] = [];
  for (const path of paths) {
    if (path === "-") found.push({ path, state: undefined });
    else found.push(...(await filesAt(path)));
  }
  return found;
}

async function filesAt(path: string): Promise<readonly FoundFile[]> {
  try {
    const status = await stat(path);
    const state = { size: status.size, modifiedMs: Math.round(status.mtimeMs) };
    if (!status.isDirectory()) return [{ path, state }];
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
  const found: FoundFile[] = [];
  const entries = await readdir(path, { withFileTypes: true });
  for (const entry of entries.toSorted((a, b) => (a.name < b.name ? -1 : 1))) {
    const inner = join(path, entry.name);
    if (entry.isDirectory() || (entry.isFile() && EXTENSIONS.test(entry.name))) found.push(...(await filesAt(inner)));
  }
  return found;
}
