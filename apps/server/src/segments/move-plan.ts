import { type JournalBacklog, SEGMENT_EVENTS } from "@cairn/ledger";

/** Bodies stay in the journal for a day at most. */
const MAX_AGE_MS = 86_400_000;
/** With more than this coming in, events a second, the machine has better things to do than to tidy. */
const BUSY_RATE = 4_000;
/**
 * So much of full segments may wait in the journal for quieter times, or for the index, which reads it there at half the
 * cost: a minute of 50,000 events a second. Beyond, tidying goes on under load, or the database would grow without bound.
 */
export const MAX_WAITING_BYTES = 512 * 1024 * 1024;

/** What a plan is made from. */
export interface MoveState {
  readonly backlogs: Iterable<JournalBacklog>;
  /** Events a second, of late. */
  readonly rate: number;
  readonly nowMs: number;
}

/** A log with entries to be moved. */
export interface PlannedMove {
  readonly tenantNo: number;
  readonly ledger: number;
  /** Moves only what the index has read, and only a full segment; otherwise whatever is sealed. */
  readonly mode: "indexed" | "sealed";
  /** Fewer entries are not worth a file. */
  readonly atLeast: number;
}

/**
 * Says which logs are due, those whose entries have waited longest first: a day old ones always, and logs with a full
 * segment when it is quiet, or when too much waits. One segment each, so that no log holds up another.
 */
export function planMoves({ backlogs, rate, nowMs }: MoveState): PlannedMove[] {
  const due: JournalBacklog[] = [];
  let waitingBytes = 0;
  for (const backlog of backlogs) {
    const isFull = backlog.entries >= SEGMENT_EVENTS;
    if (isFull) waitingBytes += backlog.bytes;
    if (isFull || isAged(backlog, nowMs)) due.push(backlog);
  }
  const isPressed = waitingBytes > MAX_WAITING_BYTES;
  const isBusy = rate > BUSY_RATE;
  return due
    .sort((a, b) => a.oldestReceivedAtMs - b.oldestReceivedAtMs)
    .flatMap((backlog): PlannedMove[] => {
      const { tenantNo, ledger } = backlog;
      if (isAged(backlog, nowMs)) return [{ tenantNo, ledger, mode: "sealed", atLeast: 1 }];
      if (isPressed) return [{ tenantNo, ledger, mode: "sealed", atLeast: SEGMENT_EVENTS }];
      return isBusy ? [] : [{ tenantNo, ledger, mode: "indexed", atLeast: SEGMENT_EVENTS }];
    });
}

function isAged({ oldestReceivedAtMs }: JournalBacklog, nowMs: number): boolean {
  return nowMs - oldestReceivedAtMs >= MAX_AGE_MS;
}
