import { randomBytes } from "node:crypto";
import { mkdirSync, statfsSync } from "node:fs";
import { dirname } from "node:path";
import { formatTime } from "@cairn/event";
import { emptyRoot } from "@cairn/merkle";
import type { ControlRecord } from "./control/control-record.ts";
import { Keyring } from "./crypto/keyring.ts";
import { deriveLogKey } from "./crypto/signer.ts";
import { loadStateSecrets, openRollbackGuard, type RollbackGuard, type StateSecrets } from "./crypto/state-dir.ts";
import { IdentityIndex } from "./dedupe/identity-index.ts";
import { LedgerError } from "./error.ts";
import { AccessStore } from "./registry/access.ts";
import { checkName, logOrigin, Registry, type Tenant } from "./registry/registry.ts";
import { checkGuard } from "./seal/check-guard.ts";
import { logVkey } from "./seal/note-signer.ts";
import { type Blobs, openDirectoryBlobs, syncDirectory } from "./storage/blobs.ts";
import { type Database, openDatabase } from "./storage/database.ts";
import { CONTROL_LOG, controlOrigin, EVENT_LOG, insertLog } from "./storage/logs.ts";
import type { Paths } from "./storage/paths.ts";
import { keepRowMacs, rowMacKey, SEALED_TABLES } from "./storage/row-macs.ts";
import { migrate } from "./storage/schema.ts";
import { type Clock, SequencingClock } from "./writer/clock.ts";
import { Writer } from "./writer/writer.ts";

/** What every thread opens for itself: committed state, read only. */
export interface ReaderSide {
  readonly paths: Paths;
  readonly instanceId: string;
  readonly secrets: StateSecrets;
  readonly db: Database;
  readonly keyring: Keyring;
  readonly registry: Registry;
  readonly access: AccessStore;
  readonly blobs: Blobs;
  close(): void;
}

/** What the writer thread owns. */
export interface WriterSide extends ReaderSide {
  readonly writer: Writer;
  readonly identities: IdentityIndex;
  readonly clock: SequencingClock;
}

/**
 * Makes the directories, databases and secrets of a new instance, or checks those of an old one. The caller holds the
 * directory's lock.
 * @throws LedgerError rollback when the data directory is behind the rollback guard: nothing may be recorded then
 */
export function initialiseInstance(paths: Paths): void {
  const made = mkdirSync(paths.dataDir, { recursive: true, mode: 0o700 });
  if (made !== undefined) syncDirectory(dirname(made));
  const db = openDatabase({ path: paths.database, mode: "writer" });
  const keys = openDatabase({ path: paths.keys, mode: "writer", secureDelete: true });
  try {
    migrate(db, "cairn");
    migrate(keys, "keys");
    nameInstance(db, paths);
    const side = openReaderSide(paths);
    const guard = openGuard(side);
    try {
      checkGuard(db, guard);
    } finally {
      guard.close();
      side.close();
    }
  } finally {
    keys.close();
    db.close();
  }
}

/** Named last, after the secrets are on the disk: an instance without a name is one whose creation was cut short. */
function nameInstance(db: Database, paths: Paths): void {
  const isNew = db.get("SELECT 1 FROM meta WHERE key = 'instance'") === undefined;
  const { serverSecret } = loadStateSecrets(paths, { create: isNew ? "when-missing" : "never" });
  if (!isNew) return;
  keepRowMacs(db, rowMacKey(serverSecret), SEALED_TABLES);
  db.transaction(() => {
    db.run("UPDATE meta SET value = value"); // for its digest, which needs the key that was made only now
    db.run("INSERT INTO meta VALUES ('instance', ?)", randomBytes(5).toString("hex"));
  });
}

/** Opens an instance for reading. */
export function openReaderSide(paths: Paths): ReaderSide {
  return openSide(paths, "reader");
}

/** Opens an instance for writing. One per data directory: the caller holds its lock. */
export function openWriterSide(paths: Paths, clock: Clock): WriterSide {
  const side = openSide(paths, "writer");
  keepRowMacs(side.db, rowMacKey(side.secrets.serverSecret), SEALED_TABLES);
  side.keyring.destroyUnneededJournalKeys(journalKeysInUse(side.db));
  const sequencing = new SequencingClock(clock);
  const identities = new IdentityIndex(side.db, side.blobs);
  const writer = new Writer({ db: side.db, keyring: side.keyring, identities, clock: sequencing });
  return {
    ...side,
    writer,
    identities,
    clock: sequencing,
    close() {
      identities.close();
      side.close();
    },
  };
}

function openSide(paths: Paths, mode: "reader" | "writer"): ReaderSide {
  const secrets = loadStateSecrets(paths, { create: "never" });
  const db = openDatabase({ path: paths.database, mode, cacheKib: mode === "writer" ? 32_768 : 8_192 });
  const keys = openDatabase({
    path: paths.keys,
    mode,
    ...(mode === "writer" ? { secureDelete: true } : {}),
    cacheKib: 8_192,
  });
  const keyring = new Keyring(keys, secrets.instanceKeys);
  const registry = new Registry(db);
  return {
    paths,
    instanceId: readInstanceId(db),
    secrets,
    db,
    keyring,
    registry,
    access: new AccessStore(db, { keyring, serverSecret: secrets.serverSecret, registry }),
    blobs: openDirectoryBlobs(paths.blobs),
    close() {
      keys.close();
      db.close();
    },
  };
}

function readInstanceId(db: Database): string {
  const id = db.get<{ value: string }>("SELECT value FROM meta WHERE key = 'instance'")?.value;
  if (id === undefined) throw new LedgerError("corrupt", "cairn.db names no instance");
  return id;
}

/** The oldest journal key that each tenant's rows need. */
function journalKeysInUse(db: Database): ReadonlyMap<number, number> {
  const rows = db.all<{ tenant_no: number; key_no: number }>(
    "SELECT tenant_no, min(key_no) AS key_no FROM journal GROUP BY tenant_no",
  );
  return new Map(rows.map((row) => [row.tenant_no, row.key_no]));
}

/** A tenant to be made. */
export interface NewTenant {
  readonly projectNo: number;
  readonly id: string;
  readonly name?: string;
}

/** Makes a tenant with its keys, its two empty logs and the genesis entry of its control log: all of it or nothing. */
export function createTenant(side: WriterSide, request: NewTenant): Tenant {
  return createTenants(side, [request])[0]!;
}

/** Makes tenants, all of them or none. */
export function createTenants(side: WriterSide, requests: readonly NewTenant[]): Tenant[] {
  for (const { id } of requests) checkName(id);
  const nowMs = side.clock.nowMs();
  const made: number[] = [];
  try {
    side.db.transaction(() => {
      for (const { projectNo, id, name = id } of requests)
        made.push(side.registry.createTenant(projectNo, id, { name, nowMs }));
      side.keyring.createTenants(made);
      for (const tenantNo of made) openEpoch(side, { tenantNo, ledger: 1, lastReceivedAtMs: 0, terms: {} });
    });
  } catch (error) {
    for (const tenantNo of made) side.writer.forget(tenantNo);
    throw error;
  }
  return made.map((tenantNo) => side.registry.tenant(tenantNo)!);
}

/** Makes the two empty logs of an epoch and the genesis entry of its control log, within the caller's transaction. */
export function openEpoch(
  side: WriterSide,
  epoch: {
    readonly tenantNo: number;
    readonly ledger: number;
    /** `received_at` goes on from here. */
    readonly lastReceivedAtMs: number;
    readonly terms: ControlRecord["terms"];
  },
): void {
  const { tenantNo, ledger, lastReceivedAtMs } = epoch;
  const origin = logOrigin(side.instanceId, side.registry.tenant(tenantNo)!.logId, ledger);
  const control = controlOrigin(origin);
  insertLog(side.db, { tenantNo, log: EVENT_LOG, ledger, origin, size: 0, lastReceivedAtMs });
  insertLog(side.db, { tenantNo, log: CONTROL_LOG, ledger, origin: control, size: 0, lastReceivedAtMs });
  side.writer.forget(tenantNo);
  const vkey = (name: string) => logVkey(name, deriveLogKey(side.secrets.signingSecret, name));
  side.writer.appendControl(tenantNo, {
    type: "genesis",
    time: formatTime(side.clock.nowMs()),
    eventLog: { ledger, size: 0, root: emptyRoot() },
    terms: { ...epoch.terms, format: 1, origin, event_log_vkey: vkey(origin), control_log_vkey: vkey(control) },
  });
}

/** Opens the guard of an instance. */
export function openGuard(side: ReaderSide): RollbackGuard {
  const { paths, instanceId, secrets } = side;
  return openRollbackGuard({ path: paths.guard, instanceId, serverSecret: secrets.serverSecret, mode: "writer" });
}

/** Opens the guard of an instance for looking only. */
export function openGuardReader(side: ReaderSide): RollbackGuard {
  const { paths, instanceId, secrets } = side;
  return openRollbackGuard({ path: paths.guard, instanceId, serverSecret: secrets.serverSecret, mode: "reader" });
}

/** Ingest stops below either of these; reading, control entries and deletion go on. */
const MIN_FREE_SHARE = 0.05;
const MIN_FREE_BYTES = 2 * 1024 ** 3;

/** Tells whether the disk has room for more events. */
export function hasDiskRoom(directory: string): boolean {
  const { bavail, blocks, bsize } = statfsSync(directory);
  return bavail * bsize >= MIN_FREE_BYTES && bavail >= blocks * MIN_FREE_SHARE;
}
