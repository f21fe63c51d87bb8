import {
  type Checkpoint,
  ENTRY_KIND,
  ENTRY_LENGTH,
  ENTRY_VERSION,
  type EntryBundle,
  entriesPath,
  type HashKernel,
  MerkleError,
  parseTilePath,
  splitEntryBundle,
  TILE_WIDTH,
  type TileLogReader,
  tileWidth,
  verifyTileLog,
} from "@cairn/merkle";
import { createFindings, type Finding, type Findings } from "./finding.ts";
import type { ListedFiles } from "./listed-files.ts";

/** A log whose entries and tiles are in the bundle. */
export interface TileLog {
  /** Where its files are: "" or "control/". */
  readonly prefix: string;
  readonly read: TileLogReader;
  /** Whether every entry and tile is what the checkpoint commits to. */
  readonly isIntact: boolean;
  /** Gives the bytes of an entry, at once when they have been read; undefined when it is not there. */
  entry(index: number): Promise<Uint8Array | undefined> | Uint8Array | undefined;
}

/** What is demanded of a log. */
export interface TileLogDemand {
  readonly prefix: string;
  readonly checkpoint: Checkpoint;
  readonly kind: "event" | "control";
  readonly files: ListedFiles;
  readonly kernel: HashKernel;
}

/** Bundles of entries kept for the events that are looked up next; 11 kB each. */
const MAX_KEPT_BUNDLES = 256;

/** Recomputes a log from its entries, compares every tile, and checks what each entry says of itself. */
export async function checkTileLog(demand: TileLogDemand, findings: Findings): Promise<TileLog> {
  const { prefix, checkpoint, kind, files, kernel } = demand;
  const read: TileLogReader = (path) => files.read(`${prefix}${path}`);
  const entries = createEntryCheck(prefix, kind);
  const report = await verifyTileLog({ read, head: checkpoint, kernel, onBundle: entries.check });
  const altered = new Set<number>();
  for (const { code, path, entryIndex, position, message } of report.findings) {
    if (code === "entry_altered" && entryIndex !== undefined) altered.add(entryIndex);
    const index = entryIndex ?? position;
    findings.add({ code, file: `${prefix}${path}`, ...(index === undefined ? {} : { index }), message });
  }
  // What an altered entry says is nobody's word.
  for (const finding of entries.findings) if (!altered.has(finding.index ?? -1)) findings.add(finding);
  return { prefix, read, isIntact: report.ok, entry: entryReader(read, Number(checkpoint.size)) };
}

function entryReader(read: TileLogReader, size: number): TileLog["entry"] {
  const kept = new Map<number, KeptBundle | undefined>();

  async function bundle(index: number): Promise<KeptBundle | undefined> {
    const width = Math.min(TILE_WIDTH, size - index * TILE_WIDTH);
    const bytes = await read(entriesPath(index, width));
    const oldest = kept.keys().next();
    if (kept.size >= MAX_KEPT_BUNDLES && oldest.done === false) kept.delete(oldest.value);
    const found = bytes === undefined || isOrdinary(bytes, width) ? bytes : splitOrNothing(bytes, width);
    kept.set(index, found);
    return found;
  }

  // Not async: among millions of entries, waiting for what is there takes longer than all else.
  return (index) => {
    const number = Math.floor(index / TILE_WIDTH);
    const at = index % TILE_WIDTH;
    return kept.has(number) ? entryIn(kept.get(number), at) : bundle(number).then((found) => entryIn(found, at));
  };
}

/** The bytes of an ordinary bundle; else its entries. */
type KeptBundle = Uint8Array | readonly Uint8Array[];

/** Bytes of an entry of ordinary length in a bundle: u16be length, entry. */
const SLOT_BYTES = 2 + ENTRY_LENGTH;

function entryIn(bundle: KeptBundle | undefined, at: number): Uint8Array | undefined {
  if (!(bundle instanceof Uint8Array)) return bundle?.[at];
  const start = at * SLOT_BYTES + 2;
  return start < bundle.length ? bundle.subarray(start, start + ENTRY_LENGTH) : undefined;
}

/** Tells whether a bundle is `width` entries of ordinary length: then where each lies is known. */
function isOrdinary(bytes: Uint8Array, width: number): boolean {
  if (bytes.length !== width * SLOT_BYTES) return false;
  for (let at = 0; at < bytes.length; at += SLOT_BYTES) {
    if (bytes[at] !== 0 || bytes[at + 1] !== ENTRY_LENGTH) return false;
  }
  return true;
}

function splitOrNothing(bytes: Uint8Array, width: number): readonly Uint8Array[] | undefined {
  try {
    return splitEntryBundle(bytes, width);
  } catch (error) {
    if (error instanceof MerkleError) return undefined; // the recomputation has said so
    throw error;
  }
}

/** Checks kind, form and time of entries as they come by; no object is made for any of them. */
function createEntryCheck(
  prefix: string,
  kind: "event" | "control",
): { readonly check: (bundle: EntryBundle) => void; readonly findings: readonly Finding[] } {
  const found = createFindings();
  const kindByte = ENTRY_KIND[kind];
  let lastHigh = 0;
  let lastLow = 0;
  return {
    findings: found.list,
    check({ path, firstIndex, count, bytes, spans }) {
      const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
      for (let i = 0; i < count; i++) {
        const at = spans.offsets[i]!;
        const report = (code: string, message: string) =>
          found.add({ code, file: `${prefix}${path}`, index: firstIndex + i, message });
        if (spans.lengths[i] !== ENTRY_LENGTH || bytes[at] !== ENTRY_VERSION) {
          report("malformed_entry", "the entry is not of format version 1");
          continue;
        }
        if (bytes[at + 1] !== kindByte) report("entry_kind", `the entry is not of kind ${kind}`);
        const high = view.getUint32(at + 2);
        const low = view.getUint32(at + 6);
        if (high < lastHigh || (high === lastHigh && low < lastLow)) {
          report("time_decreased", "the entry was received before the one that precedes it");
        }
        lastHigh = high;
        lastLow = low;
      }
    },
  };
}

/** Tells whether a path below a log's prefix is one that a tlog-tiles log of this size has. */
export function belongsToTileLog(path: string, size: number): boolean {
  try {
    const resource = parseTilePath(path);
    const level = resource.kind === "tile" ? resource.level : 0;
    return tileWidth(size, { level, index: resource.index }) === resource.width;
  } catch (error) {
    if (error instanceof MerkleError) return false;
    throw error;
  }
}
