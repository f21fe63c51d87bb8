import {
  type BuiltTile,
  bundlesForSize,
  bytesEqual,
  consistencyProof,
  createTileBuilder,
  ENTRY_LENGTH,
  encodeEntryBundle,
  entriesPath,
  type HashKernel,
  parseCheckpoint,
  parseNote,
  TILE_WIDTH,
  tilePath,
} from "@cairn/merkle";
import { LedgerError } from "../error.ts";
import type { LogRef, TreeReader } from "../read/tree-reader.ts";
import type { Database } from "../storage/database.ts";
import { type BundleFile, smallFile } from "./bundle-file.ts";

/** A log as of one checkpoint. */
export interface LogAt {
  readonly log: LogRef;
  readonly size: number;
  /** Signed checkpoint of that size. */
  readonly note: string;
}

/**
 * Gives the files of a log in C2SP tlog-tiles layout: entry bundles and tiles, partial ones included. All tiles are made
 * from the entries; when these do not lead to the checkpoint, the log is damaged and nothing more is given.
 * @throws LedgerError corrupt
 */
export function* tileFiles(
  { log, size, note }: LogAt,
  tools: { readonly tree: TreeReader; readonly kernel: HashKernel },
): Generator<BundleFile, void, undefined> {
  const { tree, kernel } = tools;
  const done: BuiltTile[] = [];
  const builder = createTileBuilder({ kernel, emit: (tile) => done.push(tile) });
  for (const { index, width } of bundlesForSize(size)) {
    const entries = tree.entries(log, index * TILE_WIDTH, width);
    const each = Array.from({ length: width }, (_, i) => entries.subarray(i * ENTRY_LENGTH, (i + 1) * ENTRY_LENGTH));
    yield smallFile(entriesPath(index, width), encodeEntryBundle(each));
    builder.append(kernel.leafHashes(entries, width).slice());
    yield* done.splice(0).map(tileFile);
  }
  yield* builder.partialTiles().map(tileFile);
  if (!bytesEqual(builder.root(), parseCheckpoint(parseNote(note).text).root))
    throw new LedgerError("corrupt", `the entries of the log do not lead to its checkpoint at ${size}: run fsck`);
}

function tileFile({ level, index, width, bytes }: BuiltTile): BundleFile {
  return smallFile(tilePath(level, index, width), bytes);
}

/** Gives older checkpoints of a log, below the one it is proved against, and what proves their consistency if wanted. */
export function* oldCheckpointFiles(
  { log, size }: LogAt,
  tools: { readonly db: Database; readonly tree: TreeReader; readonly proofs: "with" | "without" },
): Generator<BundleFile, void, undefined> {
  const rows = tools.db.all<{ size: number; note: string }>(
    // Everything grows out of the empty log: its checkpoint says nothing.
    "SELECT size, note FROM old_checkpoints WHERE tenant_no = ? AND log = ? AND ledger = ? AND size > 0 AND size < ? ORDER BY size",
    log.tenantNo,
    log.log,
    log.ledger,
    size,
  );
  for (const old of rows) {
    yield smallFile(`old/checkpoint.${old.size}`, old.note);
    if (tools.proofs === "without") continue;
    const hashes = consistencyProof(old.size, size, tools.tree.nodes(log, size));
    const lines = hashes.map((hash) => `${Buffer.from(hash).toString("base64")}\n`);
    yield smallFile(`old/${old.size}.consistency`, lines.join(""));
  }
}
