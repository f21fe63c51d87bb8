import {
  bytesEqual,
  type CompactRange,
  createCompactRange,
  ENTRY_LENGTH,
  formatCheckpoint,
  HASH_LENGTH,
  type HashKernel,
  restoreCompactRange,
  signNote,
} from "@cairn/merkle";
import { deriveLogKey, type LogKey } from "../crypto/signer.ts";
import { LedgerError } from "../error.ts";
import type { Database } from "../storage/database.ts";
import { CONTROL_LOG, EVENT_LOG, isEnded, type LogKind, type LogState } from "../storage/logs.ts";
import { RecentMap } from "../storage/recent-map.ts";
import { checkpointSigners } from "./note-signer.ts";

/** Entries hashed into one checkpoint at most, so that a backlog never holds the others up. */
const MAX_ENTRIES = 65_536;
/** Levels of the binary tree in one level of tiles (C2SP tlog-tiles). */
const TILE_HEIGHT = 8;
/** Logs whose keys are kept: about 2 KiB each, and a tenth of a millisecond to make. */
const MAX_KEYS = 40_000;

/** A new signed head and the tile hashes that became complete with it; nothing of it is published yet. */
export interface HeadUpdate {
  readonly tenantNo: number;
  readonly log: LogKind;
  readonly ledger: number;
  readonly origin: string;
  readonly fromSize: number;
  readonly size: number;
  readonly root: Uint8Array;
  /** The signed checkpoint (C2SP tlog-checkpoint). */
  readonly note: string;
  readonly frontier: Uint8Array;
  /** Hashes for tiles of level 1 and up, in order of level and index. */
  readonly tileHashes: readonly TileHash[];
}

export interface TileHash {
  readonly level: number;
  readonly index: number;
  readonly hash: Uint8Array;
}

/** A stored head. */
export interface StoredHead {
  readonly size: number;
  readonly root: Uint8Array;
  readonly note: string;
  readonly frontier: Uint8Array;
}

/**
 * Seals committed entries: a pure function of them, the log's key and its last head. Two sealers over the same entries
 * make the same bytes.
 */
export class Sealer {
  private readonly keys = new RecentMap<string, LogKey>(MAX_KEYS);
  private readonly db: Database;
  private readonly signingSecret: Uint8Array;
  private readonly kernel: HashKernel;

  constructor(parts: { readonly db: Database; readonly signingSecret: Uint8Array; readonly kernel: HashKernel }) {
    this.db = parts.db;
    this.signingSecret = parts.signingSecret;
    this.kernel = parts.kernel;
  }

  /**
   * Makes the next head of a log, or nothing when its head is up to date or its epoch has ended. An empty log gets a head
   * of size 0.
   * @throws LedgerError corrupt rather than sign what does not follow from the last head
   */
  seal(state: LogState): HeadUpdate | undefined {
    const head = readHead(this.db, state);
    if ((head !== undefined && head.size >= state.size) || isEnded(this.db, state)) return undefined;
    const range = head === undefined ? createCompactRange(this.kernel) : restoreRange(head, state.origin, this.kernel);
    const fromSize = range.size;
    const tileHashes = this.append(range, state, Math.min(state.size, fromSize + MAX_ENTRIES));
    const root = range.root().slice();
    const { origin } = state;
    const signers = checkpointSigners(state, (name) => this.key(name));
    const note = signNote(formatCheckpoint({ origin, size: BigInt(range.size), root }), signers);
    return {
      tenantNo: state.tenantNo,
      log: state.log,
      ledger: state.ledger,
      origin,
      fromSize: head === undefined ? -1 : fromSize,
      size: range.size,
      root,
      note,
      frontier: range.toBytes(),
      tileHashes,
    };
  }

  key(origin: string): LogKey {
    let key = this.keys.get(origin);
    if (key === undefined) {
      key = deriveLogKey(this.signingSecret, origin);
      this.keys.set(origin, key);
    }
    return key;
  }

  private append(range: CompactRange, state: LogState, end: number): TileHash[] {
    const hashes: TileHash[] = [];
    for (const entries of this.entriesFrom(state, range.size, end)) {
      const leaves = this.kernel.leafHashes(entries, entries.length / ENTRY_LENGTH).slice();
      range.append(leaves, ({ level, firstIndex, hashes: nodes }) => {
        if (level === 0 || level % TILE_HEIGHT !== 0) return;
        for (let i = 0; i * HASH_LENGTH < nodes.length; i++) {
          hashes.push({
            level: level / TILE_HEIGHT,
            index: firstIndex + i,
            hash: nodes.slice(i * HASH_LENGTH, (i + 1) * HASH_LENGTH),
          });
        }
      });
    }
    return hashes;
  }

  /** Entries that are committed and not yet sealed are still in the journal: segments are made of sealed ones only. */
  private *entriesFrom(state: LogState, from: number, end: number): Generator<Uint8Array> {
    if (state.log === CONTROL_LOG) {
      // Their sequences are their primary key, so that as many as the range is long are all of it.
      const rows = this.db.all<{ entry: Uint8Array }>(
        "SELECT entry FROM control WHERE tenant_no = ? AND ledger = ? AND sequence >= ? AND sequence < ? ORDER BY sequence",
        state.tenantNo,
        state.ledger,
        from,
        end,
      );
      if (rows.length !== end - from)
        throw new LedgerError("corrupt", `${state.origin} has not all entries from ${from} to ${end}`);
      if (rows.length > 0) yield Buffer.concat(rows.map((row) => row.entry));
      return;
    }
    const rows = this.db.all<{ first: number; count: number; entries: Uint8Array }>(
      "SELECT first, count, entries FROM journal WHERE tenant_no = ? AND ledger = ? AND first + count > ? AND first < ? ORDER BY first",
      state.tenantNo,
      state.ledger,
      from,
      end,
    );
    let next = from;
    for (const { first, count, entries } of rows) {
      if (first > next || entries.length !== count * ENTRY_LENGTH)
        throw new LedgerError("corrupt", `${state.origin} has no entry ${next} in its journal`);
      next = first + count;
      yield entries.subarray(Math.max(0, from - first) * ENTRY_LENGTH, Math.min(count, end - first) * ENTRY_LENGTH);
    }
    if (next < end) throw new LedgerError("corrupt", `${state.origin} has no entry ${next} in its journal`);
  }
}

function restoreRange(head: StoredHead, origin: string, kernel: HashKernel): CompactRange {
  const range = restoreCompactRange(head.frontier, kernel);
  if (range.size !== head.size || !bytesEqual(range.root(), head.root))
    throw new LedgerError("corrupt", `the frontier of ${origin} does not belong to its head: refusing to sign on it`);
  return range;
}

/** Reads the signed head of a log. */
export function readHead(
  db: Database,
  log: { readonly tenantNo: number; readonly log: LogKind; readonly ledger: number },
): StoredHead | undefined {
  return db.get<StoredHead>(
    "SELECT size, root, note, frontier FROM heads WHERE tenant_no = ? AND log = ? AND ledger = ?",
    log.tenantNo,
    log.log,
    log.ledger,
  );
}

/** The log's name in a C2SP path: the event log has none of its own. */
export function isEventLog(log: LogKind): boolean {
  return log === EVENT_LOG;
}
