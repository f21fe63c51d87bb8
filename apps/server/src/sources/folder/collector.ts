import type { Collected, Collector, CollectorParts, Look } from "../collector.ts";
import { type FileEntry, filesOf, newEntry, stateOf } from "./file-entry.ts";
import { fileReading } from "./file-reading.ts";
import { codeOf, FolderError } from "./folder-error.ts";
import {
  EVENTS_OF_A_LOOK,
  INTERVAL_SECONDS,
  MAX_DOCUMENT_BYTES,
  MAX_FILES,
  MAX_WARNINGS,
  REMEMBERED_MS,
  SETTLE_SECONDS,
  WINDOW_BYTES,
} from "./limits.ts";
import { type FileRecords, noRecords } from "./map-records.ts";
import { compileNamePattern } from "./name-pattern.ts";
import { isContinued, openFound } from "./open-file.ts";
import { findOwnDirectory } from "./own-directory.ts";
import { readFile, type Step } from "./read-file.ts";
import { type FoundFile, scanFolder } from "./scan.ts";
import type { FolderSettings } from "./settings.ts";
import { Stillness } from "./stillness.ts";

/** Bytes read in one look. */
const BYTES_OF_A_LOOK = MAX_DOCUMENT_BYTES;

/**
 * Reads on in the files of a folder. What a file is known by is stored before anything of it is read: a crash repeats what
 * was read since the last checkpoint, under the identities that it had.
 */
export function createFolderCollector(settings: FolderSettings, parts: CollectorParts): Collector {
  const reading = fileReading(settings);
  const original = settings.keep_original === true ? "keep" : "leave";
  const isWanted = compileNamePattern(settings.pattern ?? "*");
  const stillness = new Stillness(settings.settle_seconds ?? SETTLE_SECONDS);
  const waitMs = (settings.interval_seconds ?? INTERVAL_SECONDS) * 1_000;
  let room: Uint8Array | undefined;

  /** Reads on in one file that is known; undefined when there is nothing to be had. */
  async function step(records: FileRecords, file: FoundFile, at: At): Promise<Step | undefined> {
    const { entry, nowMs } = at;
    const isStill = stillness.isStill(file.id, nowMs);
    if (entry.mode === "document" && (!isStill || isTaken(entry, file))) return undefined;
    const open = await openFound(file);
    if (open === undefined) return undefined;
    try {
      if (entry.mode === "lines" && !(await isContinued(open, entry)))
        return { entry: newEntry(), left: "more", bytes: 0 };
      room ??= Buffer.allocUnsafe(WINDOW_BYTES);
      return await readFile(records, { name: file.name, open, entry, isStill, room }, { reading, original });
    } finally {
      await open.handle.close();
    }
  }

  return async (look) => {
    const known = filesOf(look.checkpoint);
    let found: readonly FoundFile[];
    try {
      if (parts.place === undefined) throw new FolderError("this server watches no folders any more");
      found = await scanFolder(await findOwnDirectory(parts.place, settings.path ?? "."), isWanted);
    } catch (error) {
      if (!(error instanceof FolderError)) throw error;
      const state = look.checkpoint ?? stateOf(known);
      return { events: [], state, nextInMs: waitMs, warnings: [], problem: error.message };
    }
    stillness.observe(found, look.nowMs);
    const files = withoutGone(known, { found, nowMs: look.nowMs });
    const records = noRecords();
    const warnings: string[] = [];
    const isMore = await readOn(records, { files, found, look, warnings });
    return {
      ...{ events: records.events, places: records.places, refused: records.refused, skipped: records.skipped },
      ...{ state: stateOf(files), nextInMs: isMore ? 0 : waitMs, warnings: shown(warnings) },
    } satisfies Collected;
  };

  /** Reads on in every file, as far as one look goes; tells whether there is more already. */
  async function readOn(records: FileRecords, { files, found, look, warnings }: Folder): Promise<boolean> {
    const { nowMs, signal } = look;
    let isMore = false;
    let bytes = 0;
    for (const file of found) {
      if (signal.aborted) break;
      const entry = files.get(file.id);
      if (entry === undefined) {
        if (!file.isWanted) continue;
        if (files.size >= MAX_FILES) return tooMany(warnings);
        files.set(file.id, newEntry());
        isMore = true;
        continue;
      }
      // Renamed out of the pattern, a file of lines is still read to its end.
      if (!file.isWanted && entry.mode !== "lines") continue;
      const exhausted = stillness.exhausted(file.id, { entry, nowMs });
      if (exhausted !== undefined) {
        if (exhausted.warning !== undefined) warnings.push(exhausted.warning);
        continue;
      }
      if (records.events.length + records.refused.length >= EVENTS_OF_A_LOOK || bytes >= BYTES_OF_A_LOOK) {
        isMore = true;
        break;
      }
      try {
        const done = await step(records, file, { entry, nowMs });
        if (done === undefined) continue;
        files.set(file.id, done.entry);
        bytes += done.bytes;
        if (done.left === "more") isMore = true;
        else if (done.entry.mode !== "document") {
          const hasWaited = done.left === "line" && stillness.isStill(file.id, nowMs);
          const warning = hasWaited ? `${file.name}: the last line has no end; it is read once it has one` : undefined;
          stillness.exhaust(file.id, { entry: done.entry, nowMs, warning });
          if (warning !== undefined) warnings.push(warning);
        }
      } catch (error) {
        if (!isOfTheSystem(error)) throw error;
        warnings.push(`${file.name}: ${codeOf(error)}`);
      }
    }
    return isMore;
  }
}

interface At {
  readonly entry: FileEntry;
  readonly nowMs: number;
}

interface Folder {
  readonly files: Map<string, FileEntry>;
  readonly found: readonly FoundFile[];
  readonly look: Look;
  readonly warnings: string[];
}

function isTaken({ taken }: FileEntry, { size, modifiedMs }: FoundFile): boolean {
  return taken?.size === size && taken.modifiedMs === modifiedMs;
}

function isOfTheSystem(error: unknown): boolean {
  return typeof (error as { readonly syscall?: unknown }).syscall === "string";
}

function tooMany(warnings: string[]): false {
  warnings.unshift(`the folder has more than ${MAX_FILES} files; the others are not read`);
  return false;
}

function shown(warnings: readonly string[]): string[] {
  if (warnings.length <= MAX_WARNINGS) return [...warnings];
  return [...warnings.slice(0, MAX_WARNINGS - 1), `and ${warnings.length - MAX_WARNINGS + 1} more`];
}

/** What is known of files that are there, or were lately. */
function withoutGone(
  known: ReadonlyMap<string, FileEntry>,
  { found, nowMs }: { readonly found: readonly FoundFile[]; readonly nowMs: number },
): Map<string, FileEntry> {
  const there = new Set(found.map(({ id }) => id));
  const files = new Map<string, FileEntry>();
  const mustForget = known.size >= MAX_FILES;
  for (const [id, entry] of known) {
    const { goneSinceMs, ...rest } = entry;
    if (there.has(id)) files.set(id, rest);
    else if (!mustForget && nowMs - (goneSinceMs ?? nowMs) < REMEMBERED_MS)
      files.set(id, { ...entry, goneSinceMs: goneSinceMs ?? nowMs });
  }
  return files;
}
