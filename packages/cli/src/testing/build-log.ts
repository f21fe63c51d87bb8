import { createHash } from "node:crypto";
import {
  type Checkpoint,
  createTileBuilder,
  createVkey,
  ed25519PublicKey,
  ed25519Signer,
  encodeEntryBundle,
  entriesPath,
  formatCheckpoint,
  formatNote,
  formatVkey,
  leafHash,
  type NodeSource,
  parseNote,
  rootFromNodes,
  SIGNATURE_TYPE,
  signNote,
  TILE_WIDTH,
  tileHashSource,
  tilePath,
} from "@cairn/merkle";

/** Files of a log or bundle, by path. */
export type Files = Map<string, Uint8Array>;

/** A log for tests: honest, unless told otherwise. */
export interface TestLog {
  readonly origin: string;
  readonly vkey: string;
  readonly entries: readonly Uint8Array[];
  /** Root of the first `size` entries. */
  root(size: number): Uint8Array;
  /** Checkpoint of the first `size` entries, signed. */
  checkpoint(size: number): Uint8Array;
  /** Signs any head with the log's key. */
  sign(head: Pick<Checkpoint, "size" | "root">): Uint8Array;
  /** Adds a signature by the log's key to a note of another log. */
  countersign(note: Uint8Array): Uint8Array;
  /** Nodes of the tree of all entries. */
  readonly nodes: NodeSource;
  /** Checkpoint, tiles and bundles, as C2SP tlog-tiles lays them out. */
  files(): Files;
}

/** Makes a log of these entries, signed by a key that its origin (and generation) determine. */
export function buildLog(origin: string, entries: readonly Uint8Array[], generation = 1): TestLog {
  const tiles: Files = new Map();
  const builder = createTileBuilder({
    emit: ({ level, index, bytes }) => tiles.set(tilePath(level, index), bytes),
  });
  for (const entry of entries) builder.append(leafHash(entry));
  for (const { level, index, width, bytes } of builder.partialTiles()) tiles.set(tilePath(level, index, width), bytes);
  const nodes = tileHashSource({
    size: entries.length,
    readTile: ({ level, index, width }) => tiles.get(tilePath(level, index, width)),
  });
  const seed = createHash("sha256").update(`${origin} ${generation}`).digest();
  const signer = ed25519Signer({ name: origin, seed });
  const vkey = createVkey({ name: origin, type: SIGNATURE_TYPE.ed25519, publicKey: ed25519PublicKey(seed) });
  const root = (size: number) => rootFromNodes(size, nodes);
  const sign = (head: Pick<Checkpoint, "size" | "root">) =>
    Buffer.from(signNote(formatCheckpoint({ origin, ...head }), [signer]));
  const checkpoint = (size: number) => sign({ size: BigInt(size), root: root(size) });
  return {
    origin,
    vkey: formatVkey(vkey),
    entries,
    root,
    checkpoint,
    sign,
    countersign(note) {
      const { text, signatures } = parseNote(note);
      return Buffer.from(
        formatNote({ text, signatures: [...signatures, ...parseNote(signNote(text, [signer])).signatures] }),
      );
    },
    nodes,
    files() {
      const files: Files = new Map([["checkpoint", checkpoint(entries.length)], ...tiles]);
      for (let start = 0; start < entries.length; start += TILE_WIDTH) {
        const bundle = entries.slice(start, start + TILE_WIDTH);
        files.set(entriesPath(start / TILE_WIDTH, bundle.length), encodeEntryBundle(bundle));
      }
      return files;
    },
  };
}
