import { setImmediate } from "node:timers/promises";
import { ENTRY_KIND, ENTRY_LENGTH, ENTRY_VERSION, type HashKernel } from "@cairn/merkle";
import type { Keyring } from "../crypto/keyring.ts";
import type { JournalRow } from "../read/read-journal.ts";
import type { BlobSource } from "../storage/blobs.ts";
import type { Database } from "../storage/database.ts";
import type { LogState } from "../storage/logs.ts";
import { CommitmentCheck } from "./commitment-check.ts";
import type { FindingPlace, Findings } from "./finding.ts";
import type { IdentityCheck } from "./identity-check.ts";
import { journalPiece } from "./journal-pieces.ts";
import { PeopleCheck } from "./people-check.ts";
import { type LogPiece, type ManifestRow, readSegmentPieces } from "./segment-file.ts";
import type { TreeCheck } from "./tree-check.ts";

export interface EventLogContext {
  readonly db: Database;
  readonly blobs: BlobSource;
  readonly keyring: Keyring;
  readonly kernel: HashKernel;
  readonly log: LogState;
  readonly tree: TreeCheck;
  readonly identities: IdentityCheck;
  readonly findings: Findings;
  /** Hears of every piece of the log that was checked. */
  readonly onEntries: (count: number) => void;
}

/** Checks every entry of an event log and every body behind one; gives `received_at` of the last. */
export async function checkEventLog(context: EventLogContext): Promise<number> {
  const { log, keyring, kernel, tree, identities, findings } = context;
  const commitments = new CommitmentCheck({
    origin: log.origin,
    kernel,
    findings,
    fingerprintKey: keyring.tenantKeys(log.tenantNo).fingerprintKey,
    onIdentity: (event, digest) => identities.add(log.tenantNo, event, digest),
  });
  const people = new PeopleCheck({ tenantNo: log.tenantNo, keyring, findings });
  const times = new TimeCheck(findings);
  for (const { first, entries, events, place } of piecesOf(context)) {
    times.add(first, entries, place);
    const count = entries.length / ENTRY_LENGTH;
    tree.append(kernel.leafHashes(entries, count).slice());
    if (events.length < count) identities.addUnreadable({ ledger: log.ledger, first, count });
    commitments.add(events);
    for (const event of events) people.add(event);
    context.onEntries(count);
    await setImmediate();
  }
  commitments.flush();
  return times.last;
}

/** Checks the frame of entries, and that none was received before the one in front of it. */
class TimeCheck {
  last = 0;
  private readonly findings: Findings;

  constructor(findings: Findings) {
    this.findings = findings;
  }

  add(first: number, entries: Uint8Array, place: FindingPlace): void {
    const numbers = new DataView(entries.buffer, entries.byteOffset, entries.length);
    for (let at = 0, sequence = first; at < entries.length; at += ENTRY_LENGTH, sequence++) {
      if (entries[at] !== ENTRY_VERSION || entries[at + 1] !== ENTRY_KIND.event)
        this.findings.add("entry_malformed", { ...place, sequence }, "the entry is no event of format 1");
      const receivedAt = numbers.getUint32(at + 2) * 2 ** 32 + numbers.getUint32(at + 6);
      if (receivedAt < this.last)
        this.findings.add("received_at_decreases", { ...place, sequence }, "received before the entry in front of it");
      this.last = Math.max(this.last, receivedAt);
    }
  }
}

/**
 * Gives a log piece by piece in order of sequence, wherever the pieces lie. No transaction is held: a running server may
 * move rows into segments meanwhile, and what has moved is found in its new place.
 */
function* piecesOf(context: EventLogContext): Generator<LogPiece> {
  const { log, tree, findings } = context;
  for (let next = 0; next < log.size; ) {
    let got = 0;
    for (const piece of piecesAt(context, next)) {
      const fresh = behind(piece, next + got);
      if (fresh.entries.length === 0) continue;
      got += fresh.entries.length / ENTRY_LENGTH;
      yield fresh;
    }
    next += got;
    if (got > 0) continue;
    const resume = nextRange(context, next);
    const place = {
      table: "journal, segments",
      key: `${log.tenantNo}/${log.ledger}`,
      origin: log.origin,
      sequence: next,
    };
    findings.add("range_gap", place, `entries ${next} to ${resume - 1} cannot be read`);
    tree.abandon();
    context.identities.addUnreadable({ ledger: log.ledger, first: next, count: resume - next });
    next = resume;
  }
}

function* piecesAt(context: EventLogContext, next: number): Generator<LogPiece> {
  const { log } = context;
  const segment = findSegment(context, next);
  if (segment !== undefined) return yield* segmentPieces(context, segment);
  const row = context.db.get<JournalRow>(
    "SELECT * FROM journal WHERE tenant_no = ? AND ledger = ? AND first <= ? ORDER BY first DESC LIMIT 1",
    log.tenantNo,
    log.ledger,
    next,
  );
  if (row === undefined || next >= row.first + row.count) {
    // The row may have moved into a segment between the two look-ups.
    const moved = findSegment(context, next);
    if (moved !== undefined) yield* segmentPieces(context, moved);
    return;
  }
  const piece = journalPiece(row, context);
  if (piece !== undefined) return yield piece;
  const moved = findSegment(context, next);
  if (moved !== undefined) return yield* segmentPieces(context, moved);
  const place = { table: "journal", key: `${log.tenantNo}/${log.ledger}/${row.first}`, origin: log.origin };
  context.findings.add(
    "journal_key_missing",
    place,
    `journal key ${row.key_no}, under which the row is sealed, is gone`,
  );
  yield { first: row.first, entries: row.entries, events: [], place };
}

function findSegment({ db, log }: EventLogContext, sequence: number): ManifestRow | undefined {
  const row = db.get<ManifestRow>(
    "SELECT first, count, name, bytes, sha256 FROM segments WHERE tenant_no = ? AND ledger = ? AND first <= ? ORDER BY first DESC LIMIT 1",
    log.tenantNo,
    log.ledger,
    sequence,
  );
  return row === undefined || sequence >= row.first + row.count ? undefined : row;
}

function* segmentPieces(context: EventLogContext, row: ManifestRow): Generator<LogPiece> {
  const { blobs, log, keyring, findings } = context;
  let file: ReturnType<BlobSource["open"]>;
  try {
    file = blobs.open(row.name);
  } catch {
    const place = { table: "segments", key: `${log.tenantNo}/${log.ledger}/${row.first}`, file: row.name };
    findings.add("segment_missing", place, "the segment's file is missing");
    return;
  }
  try {
    const subjectKey = (ref: string) => keyring.subjectKey(log.tenantNo, ref);
    yield* readSegmentPieces(file, row, { log, subjectKey, findings });
  } finally {
    file.close();
  }
}

/** Where the log goes on behind a gap. */
function nextRange({ db, log }: EventLogContext, sequence: number): number {
  const { next } = db.get<{ next: number | null }>(
    `SELECT min(first) AS next FROM (
       SELECT first FROM segments WHERE tenant_no = ?1 AND ledger = ?2 AND first > ?3
       UNION ALL SELECT first FROM journal WHERE tenant_no = ?1 AND ledger = ?2 AND first > ?3)`,
    log.tenantNo,
    log.ledger,
    sequence,
  )!;
  return Math.min(next ?? log.size, log.size);
}

/** The part of a piece from a sequence on. */
function behind(piece: LogPiece, sequence: number): LogPiece {
  if (piece.first === sequence) return piece;
  const skip = sequence - piece.first;
  if (skip < 0) return { ...piece, entries: new Uint8Array(0), events: [] };
  return {
    ...piece,
    first: sequence,
    entries: piece.entries.subarray(Math.min(piece.entries.length, skip * ENTRY_LENGTH)),
    events: piece.events.filter(({ event }) => event.sequence >= sequence),
  };
}
