import { bytesEqual } from "../bytes/compare.ts";
import { MerkleError } from "../error.ts";
import { sharedKernel } from "../sha256/create-kernel.ts";
import type { HashKernel } from "../sha256/kernel.ts";
import { HASH_LENGTH } from "../sha256/sha256.ts";
import type { EntrySpans } from "../tile/entry-bundle.ts";
import { bundlesForSize } from "../tile/layout.ts";
import { type BundleId, TILE_WIDTH } from "../tile/path.ts";
import { type BuiltTile, createTileBuilder } from "../tile/tile-builder.ts";
import type { TreeHead } from "../tree/verify-inclusion.ts";
import { attribute } from "./attribute.ts";
import { createBundleHasher } from "./bundle-hasher.ts";
import { compareFindings, finding, type TileLogFinding } from "./finding.ts";
import { readAhead } from "./read-ahead.ts";
import type { Suspect } from "./suspect.ts";
import { type BundleFile, type LogFile, readBundle, readTile, type TileLogReader } from "./tile-files.ts";

/** Entries of one bundle, as read. */
export interface EntryBundle {
  readonly path: string;
  /** Index in the log of the first of them. */
  readonly firstIndex: number;
  readonly count: number;
  /** The file, of which entry i is `spans.lengths[i]` bytes from `spans.offsets[i]`; valid during the call only. */
  readonly bytes: Uint8Array;
  readonly spans: EntrySpans;
}

/** How to check a log. */
export interface TileLogOptions {
  readonly read: TileLogReader;
  /** The tree head of a checkpoint whose signatures have been verified. */
  readonly head: TreeHead;
  /** Gets every readable bundle in order. Nothing in it is verified until the report says so. */
  readonly onBundle?: (bundle: EntryBundle) => void;
  /** Stops looking after this many; 1,000 unless given. */
  readonly maxFindings?: number;
  /** Bundles asked for before the first of them is checked; 16 unless given. */
  readonly readAheadBundles?: number;
  readonly kernel?: HashKernel;
}

/** The outcome of checking a log. */
export interface TileLogReport {
  /** Whether every entry and every tile is exactly what the checkpoint commits to. */
  readonly ok: boolean;
  readonly size: number;
  /** Root recomputed from the entries; undefined when they could not all be read. */
  readonly root: Uint8Array | undefined;
  readonly findings: readonly TileLogFinding[];
  /** Whether there may be more findings than were kept. */
  readonly isTruncated: boolean;
}

const DEFAULT_MAX_FINDINGS = 1_000;
const DEFAULT_READ_AHEAD = 16;

/**
 * Checks a whole tlog-tiles log against a trusted head: recomputes the tree from the entries, compares the root, and then
 * every byte of every tile. Memory stays bounded whatever the size.
 *
 * The hash tiles are never trusted. Where they disagree with the entries, the checkpoint's root decides which of the two
 * was altered, as far as it can be told. Rejects when `read` does; throws `out_of_range` for a size past 2^53 - 1.
 */
export async function verifyTileLog(options: TileLogOptions): Promise<TileLogReport> {
  const { head, read, kernel = sharedKernel(), maxFindings = DEFAULT_MAX_FINDINGS } = options;
  if (head.size < 0n || head.size > BigInt(Number.MAX_SAFE_INTEGER)) {
    throw new MerkleError("out_of_range", `a log of ${head.size} entries cannot be checked`);
  }
  const size = Number(head.size);
  const check: Check = { options, findings: [], suspects: [], maxFindings, isComputable: true, isTruncated: false };
  const root = await recompute(check, size, kernel);
  if (root !== undefined && !bytesEqual(root, head.root)) {
    check.findings.push(
      check.isComputable
        ? finding("root_mismatch", { path: "checkpoint" }, "the entries do not have the checkpoint's root")
        : finding("root_not_computable", { path: "checkpoint" }, "not all entries could be read"),
    );
  }
  const attributed = await attribute(check.suspects, { trusted: { size, root: head.root }, read, kernel });
  const findings = [...check.findings, ...attributed].sort(compareFindings);
  return {
    ok: findings.length === 0 && check.suspects.length === 0 && !check.isTruncated,
    size,
    root: check.isComputable ? root : undefined,
    findings: findings.slice(0, maxFindings),
    isTruncated: check.isTruncated || findings.length > maxFindings,
  };
}

/** A check under way; only the functions below change it. */
interface Check {
  readonly options: TileLogOptions;
  readonly findings: TileLogFinding[];
  readonly suspects: Suspect[];
  readonly maxFindings: number;
  /** False once some entries were not readable, so that what is computed is not from the entries alone. */
  isComputable: boolean;
  isTruncated: boolean;
}

/** Goes through all bundles and tiles; returns the root, or undefined when it gave up. */
async function recompute(check: Check, size: number, kernel: HashKernel): Promise<Uint8Array | undefined> {
  const { read, readAheadBundles = DEFAULT_READ_AHEAD } = check.options;
  const hasher = createBundleHasher(kernel);
  const upperTiles: BuiltTile[] = [];
  const builder = createTileBuilder({ kernel, emit: (tile) => tile.level > 0 && upperTiles.push(tile) });
  const files = readAhead(bundlesForSize(size), {
    depth: Math.max(1, readAheadBundles),
    read: async (bundle) => {
      const [entries, tile] = await Promise.all([readBundle(read, bundle), readTile(read, { level: 0, ...bundle })]);
      return { bundle, entries, tile };
    },
  });
  for await (const { bundle, entries, tile } of files) {
    const computed = hashEntries(check, { bundle, file: entries, hasher });
    const stored = checkTile(check, { built: { level: 0, ...bundle }, file: tile, computed, bundlePath: entries.path });
    // Without entries their hashes stand in, so that the rest can still be checked; zeroes when these are gone too.
    builder.append(computed ?? stored ?? new Uint8Array(bundle.width * HASH_LENGTH));
    for (const upper of upperTiles.splice(0)) await checkUpperTile(check, upper);
    if (isFull(check)) return undefined;
  }
  for (const upper of builder.partialTiles()) if (upper.level > 0) await checkUpperTile(check, upper);
  return builder.root();
}

function isFull(check: Check): boolean {
  if (check.findings.length + check.suspects.length < check.maxFindings) return false;
  check.isTruncated = true;
  check.isComputable = false;
  return true;
}

/** Computes the leaf hashes of a bundle, or notes why that cannot be. */
function hashEntries(
  check: Check,
  input: {
    readonly bundle: BundleId;
    readonly file: BundleFile;
    readonly hasher: ReturnType<typeof createBundleHasher>;
  },
): Uint8Array | undefined {
  const { bundle, file, hasher } = input;
  const { path, bytes } = file;
  const firstIndex = bundle.index * TILE_WIDTH;
  if (bytes === undefined) {
    check.isComputable = false;
    check.findings.push(finding("bundle_missing", { path, entryIndex: firstIndex }, "the entry bundle is missing"));
    return undefined;
  }
  let hashes: Uint8Array;
  try {
    hashes = hasher.hash(bytes, { width: bundle.width, isLonger: file.isLonger }).slice();
  } catch (error) {
    if (!(error instanceof MerkleError && error.code === "malformed_entry_bundle")) throw error;
    check.isComputable = false;
    const entryIndex = firstIndex + Math.min(error.position ?? 0, bundle.width - 1);
    check.findings.push(finding("bundle_malformed", { path, entryIndex }, error.message));
    return undefined;
  }
  check.options.onBundle?.({ path, firstIndex, count: bundle.width, bytes, spans: hasher.spans });
  return hashes;
}

async function checkUpperTile(check: Check, built: BuiltTile): Promise<void> {
  const file = await readTile(check.options.read, built);
  checkTile(check, { built, file, computed: built.bytes, bundlePath: undefined });
}

/** Compares a tile's file with its recomputation, notes what is wrong, and returns the file's bytes if they can be used. */
function checkTile(
  check: Check,
  input: {
    readonly built: { readonly level: number; readonly index: number; readonly width: number };
    readonly file: LogFile;
    readonly computed: Uint8Array | undefined;
    readonly bundlePath: string | undefined;
  },
): Uint8Array | undefined {
  const { built, file, computed, bundlePath } = input;
  const { path, bytes } = file;
  const expectedLength = built.width * HASH_LENGTH;
  const stored = bytes?.length === expectedLength ? bytes : undefined;
  if (bytes === undefined) {
    check.findings.push(finding("tile_missing", { path }, "the tile is missing"));
  } else if (stored === undefined) {
    const message = `the tile has ${bytes.length} bytes, not ${expectedLength}`;
    check.findings.push(finding("tile_wrong_length", { path }, message));
  }
  if (stored === undefined && computed === undefined) return undefined;
  if (stored !== undefined && computed !== undefined && bytesEqual(stored, computed)) return stored;
  const { level, index, width } = built;
  check.suspects.push({ level, index, width, path, stored, computed, bundlePath });
  return stored;
}
