import type { Dirent } from "node:fs";
import { lstat, readdir } from "node:fs/promises";
import { codeOf, FolderError } from "./folder-error.ts";

/** A file that stands in a folder. */
export interface FoundFile {
  /** Device and inode: what stays when it is renamed. */
  readonly id: string;
  /** As the operating system has it, which need not be text. */
  readonly path: Buffer;
  /** For people. */
  readonly name: string;
  readonly size: number;
  readonly modifiedMs: number;
  /** Whether its name fits the pattern of the source. */
  readonly isWanted: boolean;
}

/** Files asked about at one time. */
const AT_ONCE = 32;
/** Longest name shown. */
const NAME_CHARS = 255;

/** Lists the files of a folder, oldest change first; links and whatever else is no file are left out. @throws FolderError */
export async function scanFolder(directory: string, isWanted: (name: string) => boolean): Promise<FoundFile[]> {
  const entries = await entriesOf(directory);
  const prefix = Buffer.from(`${directory}/`);
  const found: FoundFile[] = [];
  for (let from = 0; from < entries.length; from += AT_ONCE) {
    const files = await Promise.all(
      entries.slice(from, from + AT_ONCE).map(async ({ name }): Promise<FoundFile[]> => {
        const path = Buffer.concat([prefix, name]);
        try {
          const stat = await lstat(path, { bigint: true });
          if (!stat.isFile()) return [];
          const text = name.toString();
          return [
            {
              ...{ id: `${stat.dev}:${stat.ino}`, path, name: shownName(text), isWanted: isWanted(text) },
              ...{ size: Number(stat.size), modifiedMs: Number(stat.mtimeMs) },
            },
          ];
        } catch {
          // It went away between the two questions.
          return [];
        }
      }),
    );
    found.push(...files.flat());
  }
  return found.sort((a, b) => a.modifiedMs - b.modifiedMs || Buffer.compare(a.path, b.path));
}

async function entriesOf(directory: string): Promise<Dirent<Buffer>[]> {
  try {
    const entries = await readdir(directory, { withFileTypes: true, encoding: "buffer" });
    return entries.filter((entry) => entry.isFile());
  } catch (error) {
    throw new FolderError(`the folder cannot be read: ${codeOf(error)}`);
  }
}

/** A name as it can be shown: without control characters, and not endless. */
export function shownName(name: string): string {
  return name.replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, "\ufffd").slice(0, NAME_CHARS);
}
