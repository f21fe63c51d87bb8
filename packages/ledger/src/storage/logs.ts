import { LedgerError } from "../error.ts";
import type { Database } from "./database.ts";

/** `log` column: a tenant's two logs. */
export const EVENT_LOG = 0;
export const CONTROL_LOG = 1;
export type LogKind = typeof EVENT_LOG | typeof CONTROL_LOG;

const CONTROL_SUFFIX = "/control";

/** The origin of the control log beside an event log. */
export function controlOrigin(origin: string): string {
  return origin + CONTROL_SUFFIX;
}

/** The origin of the event log beside a control log. */
export function eventOrigin(origin: string): string {
  return origin.slice(0, -CONTROL_SUFFIX.length);
}

/** One log in one epoch: what is committed. */
export interface LogState {
  readonly tenantNo: number;
  readonly log: LogKind;
  /** Epoch number, from 1. */
  readonly ledger: number;
  readonly origin: string;
  /** Entries committed. */
  readonly size: number;
  /** `received_at` of the newest entry, Unix milliseconds; 0 in an empty log. */
  readonly lastReceivedAtMs: number;
}

interface LogRow {
  tenant_no: number;
  log: LogKind;
  ledger: number;
  origin: string;
  size: number;
  last_received_at: number;
}

/** Reads a log's newest epoch. */
export function readLog(db: Database, tenantNo: number, log: LogKind): LogState {
  const row = db.get<LogRow>(
    "SELECT * FROM logs WHERE tenant_no = ? AND log = ? ORDER BY ledger DESC LIMIT 1",
    tenantNo,
    log,
  );
  if (row === undefined) throw new LedgerError("not_found", `tenant ${tenantNo} has no log`);
  return asState(row);
}

/** Reads a log in one epoch. */
export function readLogAt(
  db: Database,
  { tenantNo, log, ledger }: Pick<LogState, "tenantNo" | "log" | "ledger">,
): LogState | undefined {
  const row = db.get<LogRow>(
    "SELECT * FROM logs WHERE tenant_no = ? AND log = ? AND ledger = ?",
    tenantNo,
    log,
    ledger,
  );
  return row === undefined ? undefined : asState(row);
}

/** Reads a tenant's logs in every epoch. */
export function readLogsOf(db: Database, tenantNo: number): LogState[] {
  return db.all<LogRow>("SELECT * FROM logs WHERE tenant_no = ? ORDER BY log, ledger", tenantNo).map(asState);
}

/** Reads every log in every epoch. */
export function readLogs(db: Database): LogState[] {
  return db.all<LogRow>("SELECT * FROM logs ORDER BY tenant_no, log, ledger").map(asState);
}

/** Counts the committed entries of all logs of one kind, in every epoch. */
export function countEntries(db: Database, log: LogKind): number {
  return db.get<{ entries: number | null }>("SELECT sum(size) AS entries FROM logs WHERE log = ?", log)?.entries ?? 0;
}

/** Only the newest epoch of a log grows and is signed for. `logs` are in the order of {@link readLogs}. */
export function newestEpochs(logs: readonly LogState[]): LogState[] {
  return logs.filter((log, i) => logs[i + 1]?.tenantNo !== log.tenantNo || logs[i + 1]?.log !== log.log);
}

/** Tells whether a later epoch has taken the place of this one. */
export function isEnded(db: Database, log: Pick<LogState, "tenantNo" | "log" | "ledger">): boolean {
  const sql = "SELECT 1 FROM logs WHERE tenant_no = ? AND log = ? AND ledger > ?";
  return db.get(sql, log.tenantNo, log.log, log.ledger) !== undefined;
}

export function insertLog(db: Database, state: LogState): void {
  db.run(
    "INSERT INTO logs VALUES (?, ?, ?, ?, ?, ?)",
    state.tenantNo,
    state.log,
    state.ledger,
    state.origin,
    state.size,
    state.lastReceivedAtMs,
  );
}

/** Advances a log within a transaction; `from` is the size it must still have. */
export function advanceLog(db: Database, state: LogState, from: number): void {
  const { changes } = db.run(
    "UPDATE logs SET size = ?, last_received_at = ? WHERE tenant_no = ? AND log = ? AND ledger = ? AND size = ?",
    state.size,
    state.lastReceivedAtMs,
    state.tenantNo,
    state.log,
    state.ledger,
    from,
  );
  if (changes !== 1) throw new LedgerError("corrupt", `log ${state.origin} is not at ${from}: another writer was here`);
}

function asState(row: LogRow): LogState {
  return {
    tenantNo: row.tenant_no,
    log: row.log,
    ledger: row.ledger,
    origin: row.origin,
    size: row.size,
    lastReceivedAtMs: row.last_received_at,
  };
}
