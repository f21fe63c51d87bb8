import type { HashKernel } from "@cairn/merkle";
import type { Keyring } from "../crypto/keyring.ts";
import { logOrigin } from "../registry/registry.ts";
import type { BlobSource } from "../storage/blobs.ts";
import type { Database } from "../storage/database.ts";
import { CONTROL_LOG, controlOrigin, EVENT_LOG, type LogState, readLogs } from "../storage/logs.ts";
import { checkControl, type PreviousEpoch } from "./check-control.ts";
import { checkEventLog } from "./check-event-log.ts";
import type { GuardRows } from "./check-guard-rows.ts";
import { logKey } from "./check-head.ts";
import type { Findings } from "./finding.ts";
import type { IdentityCheck } from "./identity-check.ts";
import { snapshotLog } from "./log-snapshot.ts";
import { type RootClaim, TreeCheck } from "./tree-check.ts";

export interface LogsContext {
  readonly db: Database;
  readonly blobs: BlobSource;
  readonly keyring: Keyring;
  readonly signingSecret: Uint8Array;
  readonly kernel: HashKernel;
  readonly guard: GuardRows | undefined;
  readonly identities: IdentityCheck;
  readonly findings: Findings;
  readonly onEntries: (count: number) => void;
}

/** What a later epoch says of the one it replaced. */
interface Successor {
  readonly origin: string;
  readonly says: PreviousEpoch | undefined;
}

/** Checks every log of every tenant, the newest epoch first: it says what the ones before it have to be. */
export async function checkLogs(context: LogsContext): Promise<void> {
  const { db, findings } = context;
  const instanceId = db.get<{ value: string }>("SELECT value FROM meta WHERE key = 'instance'")?.value ?? "";
  const epochs = new Map<number, Map<number, LogState[]>>();
  for (const log of readLogs(db)) {
    const own = epochs.get(log.tenantNo) ?? new Map<number, LogState[]>();
    epochs.set(log.tenantNo, own);
    own.set(log.ledger, [...(own.get(log.ledger) ?? []), log]);
  }
  for (const { no, log_id } of db.all<{ no: number; log_id: string }>("SELECT no, log_id FROM tenants ORDER BY no")) {
    const own = epochs.get(no);
    if (own === undefined) {
      findings.add("log_missing", { table: "logs", key: String(no) }, `tenant ${no} has no logs`);
      continue;
    }
    let successor: Successor | undefined;
    for (const [ledger, logs] of [...own].sort(([a], [b]) => b - a)) {
      const origin = logOrigin(instanceId, log_id, ledger);
      await findings.attempt({ table: "logs", key: `${no}/${ledger}`, origin }, async () => {
        successor = { origin, says: await checkEpoch(context, { logs, origin, successor }) };
      });
    }
  }
  checkUnknownLogs(context);
}

interface Epoch {
  readonly logs: readonly LogState[];
  readonly origin: string;
  /** The epoch that took the place of this one. */
  readonly successor: Successor | undefined;
}

/** Checks the two logs of an epoch; gives what it says of the one before. */
async function checkEpoch(
  context: LogsContext,
  { logs, origin, successor }: Epoch,
): Promise<PreviousEpoch | undefined> {
  const { findings } = context;
  const [events, control] = [EVENT_LOG, CONTROL_LOG].map((kind) => logs.find((log) => log.log === kind));
  for (const log of logs) {
    const expected = log.log === EVENT_LOG ? origin : controlOrigin(origin);
    const place = { table: "logs", key: logKey(log), origin: log.origin };
    if (log.log !== EVENT_LOG && log.log !== CONTROL_LOG) findings.add("log_unknown", place, "there is no such log");
    else if (log.origin !== expected) findings.add("log_origin_wrong", place, `the log's origin is ${expected}`);
  }
  let previous: PreviousEpoch | undefined;
  let claims: readonly RootClaim[] = [];
  if (control === undefined) findings.add("log_missing", { table: "logs", origin }, "the epoch has no control log");
  else {
    const ended = successor && { origin: controlOrigin(successor.origin), says: successor.says?.control_log };
    await findings.attempt({ table: "control", origin: control.origin }, () => {
      const { log, tree, finish } = openLog(context, { known: control, claims: [], ended });
      const report = checkControl({ ...context, log, tree });
      finish(report.lastReceivedAtMs);
      context.onEntries(report.size);
      previous = report.previous;
      claims = report.eventLogClaims;
    });
  }
  if (events === undefined) findings.add("log_missing", { table: "logs", origin }, "the epoch has no event log");
  else {
    const ended = successor && { origin: successor.origin, says: successor.says?.event_log };
    await findings.attempt({ table: "journal, segments", origin: events.origin }, async () => {
      const { log, tree, finish } = openLog(context, { known: events, claims, ended });
      finish(await checkEventLog({ ...context, log, tree }));
    });
  }
  return previous;
}

/** Begins the check of one log as of now. */
function openLog(
  context: LogsContext,
  options: {
    readonly known: LogState;
    readonly claims: readonly RootClaim[];
    readonly ended: { readonly origin: string; readonly says: PreviousEpoch["event_log"] | undefined } | undefined;
  },
): { readonly log: LogState; readonly tree: TreeCheck; readonly finish: (lastReceivedAtMs: number) => void } {
  const { db, guard, findings, kernel } = context;
  const { known, ended } = options;
  const { log, headSize, tiles, claims } = snapshotLog(db, known, context);
  const guarded =
    ended === undefined ? guard?.claims(log, headSize) : guard?.endedClaims(log, ended.says, ended.origin);
  const all = [...claims, ...options.claims, ...(guarded ?? [])];
  const tree = new TreeCheck({ db, log, kernel, headSize, stored: tiles, claims: all, findings });
  return {
    log,
    tree,
    finish(lastReceivedAtMs) {
      tree.finish();
      // A new epoch's empty log goes on from the last time of the one before it.
      const isRight = log.lastReceivedAtMs === lastReceivedAtMs || (log.size === 0 && isTimeOfLastEpoch(db, log));
      const place = { table: "logs", key: logKey(log), origin: log.origin };
      if (!isRight) findings.add("log_time_wrong", place, "last_received_at is not that of the log's last entry");
    },
  };
}

function isTimeOfLastEpoch(db: Database, { tenantNo, ledger, lastReceivedAtMs }: LogState): boolean {
  const row = db.get<{ last: number | null }>(
    `SELECT max(last_received_at) AS last FROM logs WHERE tenant_no = ?1
     AND ledger = (SELECT max(ledger) FROM logs WHERE tenant_no = ?1 AND ledger < ?2)`,
    tenantNo,
    ledger,
  );
  return row?.last === lastReceivedAtMs;
}

/** Rows of logs that do not exist are nobody's. */
function checkUnknownLogs({ db, findings }: LogsContext): void {
  for (const table of ["heads", "old_checkpoints", "tiles"]) {
    const rows = db.all<{ tenant_no: number; log: number; ledger: number }>(
      `SELECT DISTINCT tenant_no, log, ledger FROM ${table} EXCEPT SELECT tenant_no, log, ledger FROM logs`,
    );
    for (const { tenant_no, log, ledger } of rows)
      findings.add("log_unknown", { table, key: `${tenant_no}/${log}/${ledger}` }, "the rows belong to no log");
  }
  for (const [table, log] of [
    ["journal", EVENT_LOG],
    ["segments", EVENT_LOG],
    ["control", CONTROL_LOG],
  ] as const) {
    const rows = db.all<{ tenant_no: number; ledger: number }>(
      `SELECT DISTINCT tenant_no, ledger FROM ${table} EXCEPT SELECT tenant_no, ledger FROM logs WHERE log = ${log}`,
    );
    for (const { tenant_no, ledger } of rows)
      findings.add("log_unknown", { table, key: `${tenant_no}/${ledger}` }, "the rows belong to no log");
  }
}
