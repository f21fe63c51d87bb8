import { formatTime, type Json } from "@cairn/event";
import {
  bytesToHex,
  createCompactRange,
  createHashKernel,
  ENTRY_LENGTH,
  emptyRoot,
  type HashKernel,
} from "@cairn/merkle";
import type { GuardedHead, RollbackGuard } from "../crypto/state-dir.ts";
import { openEpoch, type WriterSide } from "../instance.ts";
import { EventReader } from "../read/event-reader.ts";
import { TreeReader } from "../read/tree-reader.ts";
import { logOrigin } from "../registry/registry.ts";
import { compareGuard, type Rollback } from "../seal/check-guard.ts";
import { CONTROL_LOG, EVENT_LOG, type LogState, newestEpochs, readLogs } from "../storage/logs.ts";

/** Entries hashed at a time while a tree is recomputed. */
const STEP = 65_536;

/** What was done for one tenant. */
export interface OpenedEpoch {
  readonly tenantNo: number;
  readonly tenant: string;
  readonly previousLedger: number;
  readonly ledger: number;
  readonly origin: string;
  /** Entries of the event log that were signed for and are lost: from `first` on, at least to `last`; none: undefined. */
  readonly lost: { readonly first: number; readonly last: number } | undefined;
}

export interface Recovery {
  readonly epochs: readonly OpenedEpoch[];
  /** Logs of tenants that the data directory does not know: they are ended and stay lost. */
  readonly lostOrigins: readonly string[];
}

/**
 * Opens the next epoch for every tenant of whom the rollback guard has seen more than the data directory holds: a new
 * origin, sequences from 0, a genesis that names what was signed last and what was kept of it. The old origins are ended
 * in the guard, so that nothing is ever signed for them again. Doing it twice does nothing the second time; cut short, it
 * is done again from the start.
 */
export function openEpochs(side: WriterSide, guard: RollbackGuard, options: { readonly reason?: string }): Recovery {
  const { rollbacks } = compareGuard(side.db, guard);
  const affected = new Set(rollbacks.flatMap(({ log }) => (log === undefined ? [] : [log.tenantNo])));
  const kernel = createHashKernel();
  const epochs: OpenedEpoch[] = [];
  for (const tenantNo of affected) {
    const next = openNext(side, { guard, tenantNo, kernel, rollbacks, ...options });
    epochs.push(next.opened);
    guard.end(next.ended);
  }
  const lost = rollbacks.filter(({ log }) => log === undefined).map(({ origin }) => origin);
  guard.end(lost.map((origin) => ({ origin, successor: null })));
  return { epochs, lostOrigins: lost };
}

interface Next {
  readonly opened: OpenedEpoch;
  readonly ended: readonly { readonly origin: string; readonly successor: string }[];
}

interface Tenant {
  readonly guard: RollbackGuard;
  readonly tenantNo: number;
  readonly kernel: HashKernel;
  readonly rollbacks: readonly Rollback[];
  readonly reason?: string;
}

function openNext(side: WriterSide, tenant: Tenant): Next {
  const { guard, tenantNo, rollbacks, kernel } = tenant;
  const logs = readLogs(side.db).filter((log) => log.tenantNo === tenantNo);
  const [events, control] = newestOf(logs);
  const { id, logId } = side.registry.tenant(tenantNo)!;
  // Cut short between the database and the guard: the epoch is there, and the guard is still to hear of it.
  const pending = rollbacks.filter(({ log }) => log?.tenantNo === tenantNo);
  const isOpened = pending.every(({ log }) => log !== undefined && log.ledger < events.ledger);
  const ledger = isOpened ? events.ledger : 1 + Math.max(events.ledger, ...ledgersKnown(guard, side, logId));
  const [previous] = isOpened ? newestOf(logs.filter((log) => log.ledger < ledger)) : [events];
  const origin = logOrigin(side.instanceId, logId, ledger);
  if (!isOpened) {
    side.db.transaction(() => {
      const reader = new EventReader(side);
      const tree = new TreeReader({ db: side.db, events: reader, kernel });
      const terms = {
        ledger: events.ledger,
        event_log: describe(events, { guard, tree, kernel }),
        control_log: describe(control, { guard, tree, kernel }),
      };
      reader.close();
      const lastReceivedAtMs = Math.max(events.lastReceivedAtMs, control.lastReceivedAtMs);
      openEpoch(side, { tenantNo, ledger, lastReceivedAtMs, terms: { previous_epoch: terms } });
      appendRestore(side, { tenantNo, ledger, events, reason: tenant.reason });
    });
  }
  const signed =
    (guard.head(previous.origin) ?? guard.closed().find((head) => head.origin === previous.origin))?.size ?? 0;
  const lost = signed > previous.size ? { first: previous.size, last: signed - 1 } : undefined;
  return {
    opened: { tenantNo, tenant: id, previousLedger: previous.ledger, ledger, origin, lost },
    ended: endedBy(readLogs(side.db).filter((log) => log.tenantNo === tenantNo)),
  };
}

/** Every epoch but the newest, each with the one that took its place. */
function endedBy(logs: readonly LogState[]): { readonly origin: string; readonly successor: string }[] {
  return logs.flatMap((log, i) => {
    const next = logs[i + 1];
    return next?.log === log.log ? [{ origin: log.origin, successor: next.origin }] : [];
  });
}

function newestOf(logs: readonly LogState[]): [LogState, LogState] {
  const newest = newestEpochs(logs);
  const of = (kind: LogState["log"]): LogState => newest.find(({ log }) => log === kind)!;
  return [of(EVENT_LOG), of(CONTROL_LOG)];
}

/** Epochs of a tenant that anything was ever signed for, also such as this data directory never heard of. */
function ledgersKnown(guard: RollbackGuard, side: WriterSide, logId: string): number[] {
  const first = logOrigin(side.instanceId, logId, 1);
  return [...guard.heads(), ...guard.closed()].flatMap(({ origin }) => {
    if (origin !== first && !origin.startsWith(`${first}/`)) return [];
    return [Number(/^\/e(\d+)/.exec(origin.slice(first.length))?.[1] ?? 1)];
  });
}

/** What a genesis says of a log that it replaces. */
function describe(
  log: LogState,
  { guard, tree, kernel }: { readonly guard: RollbackGuard; readonly tree: TreeReader; readonly kernel: HashKernel },
): Json {
  const nothing: GuardedHead = { origin: log.origin, size: 0, root: emptyRoot() };
  const signed = guard.head(log.origin) ?? guard.closed().find(({ origin }) => origin === log.origin) ?? nothing;
  const range = createCompactRange(kernel);
  for (let first = 0; first < log.size; first += STEP) {
    const entries = tree.entries(log, first, Math.min(STEP, log.size - first));
    range.append(kernel.leafHashes(entries, entries.length / ENTRY_LENGTH).slice());
  }
  return {
    origin: log.origin,
    signed: { size: signed.size, root: bytesToHex(signed.root) },
    kept: { size: log.size, root: bytesToHex(range.root()) },
    // Entries that were acknowledged and not yet signed for may be lost beyond this: nobody can know of them.
    lost: signed.size > log.size ? { first: log.size, last: signed.size - 1 } : null,
  };
}

function appendRestore(
  side: WriterSide,
  restore: {
    readonly tenantNo: number;
    readonly ledger: number;
    readonly events: LogState;
    readonly reason: string | undefined;
  },
): void {
  const { tenantNo, ledger, events, reason } = restore;
  side.writer.appendControl(tenantNo, {
    type: "restore.performed",
    time: formatTime(side.clock.nowMs()),
    eventLog: { ledger, size: 0, root: emptyRoot() },
    terms: {
      previous_ledger: events.ledger,
      newest_kept_received_at: events.size === 0 ? null : formatTime(events.lastReceivedAtMs),
    },
    ...(reason === undefined ? {} : { sealed: { reason } }),
  });
}
