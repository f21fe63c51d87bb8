import { existsSync } from "node:fs";
import { createHashKernel } from "@cairn/merkle";
import { Keyring } from "../crypto/keyring.ts";
import { loadStateSecrets, type StateSecrets } from "../crypto/state-dir.ts";
import { LedgerError } from "../error.ts";
import { EventReader } from "../read/event-reader.ts";
import { openReadOnlyBlobs } from "../storage/blobs.ts";
import { type Database, openDatabase } from "../storage/database.ts";
import { isLocked } from "../storage/lock.ts";
import { EVENT_LOG, type LogState, readLogs } from "../storage/logs.ts";
import type { Paths } from "../storage/paths.ts";
import { rowMacKey } from "../storage/row-macs.ts";
import { GUARD_SCHEMA, SCHEMAS } from "../storage/schema.ts";
import { checkCairnDatabase, checkDatabase, checkFormat, checkGuardDatabase } from "./check-databases.ts";
import { checkFiles } from "./check-files.ts";
import { GuardRows } from "./check-guard-rows.ts";
import { checkIndex, type IndexProbe } from "./check-index.ts";
import { checkKeys } from "./check-keys.ts";
import { checkLogs } from "./check-logs.ts";
import { type Finding, Findings } from "./finding.ts";
import { IdentityCheck } from "./identity-check.ts";

export interface FsckOptions {
  readonly paths: Paths;
  /** Hears of each finding as it is made. */
  readonly onFinding: (finding: Finding) => void;
  readonly onProgress?: (progress: FsckProgress) => void;
  /** The search index, to be compared too. */
  readonly index?: IndexProbe;
}

export interface FsckProgress {
  readonly doneEntries: number;
  readonly totalEntries: number;
}

/** What was checked. */
export interface FsckReport {
  readonly findings: number;
  /** Findings beyond the first thousand of their code, which were counted only. */
  readonly suppressed: Readonly<Record<string, number>>;
  readonly logs: number;
  readonly entries: number;
  readonly people: number;
  /** People whose key has been destroyed. */
  readonly erased: number;
  /** Whether a server had the data directory meanwhile. */
  readonly isServed: boolean;
}

/**
 * Recomputes everything that an instance holds, from the bodies up to the signed checkpoints, and says what is wrong and
 * where. It changes nothing and can run beside a server: it holds no transaction longer than a page of rows, and takes
 * what moves as of one moment. Memory does not grow with the logs; the temporary directory takes 12 bytes an event.
 * @throws LedgerError not_found or state_mismatch when there is nothing to check, or not its keys
 */
export async function fsck(options: FsckOptions): Promise<FsckReport> {
  const { paths } = options;
  for (const path of [paths.database, paths.keys])
    if (!existsSync(path)) throw new LedgerError("not_found", `there is no ${path}`);
  for (const path of [paths.instanceKey, paths.signingKey, paths.serverSecret, paths.guard])
    if (!existsSync(path)) throw new LedgerError("state_mismatch", `${path} is missing: give the right --state-dir`);
  const findings = new Findings(options.onFinding);
  const db = openDatabase({ path: paths.database, mode: "reader", cacheKib: 32_768 });
  const keysDb = openDatabase({ path: paths.keys, mode: "reader", cacheKib: 16_384 });
  const guardDb = openDatabase({ path: paths.guard, mode: "reader", cacheKib: 1_024 });
  try {
    const secrets = loadStateSecrets(paths, { create: "never" });
    return await new Check(options, { db, keysDb, guardDb, secrets, findings }).run();
  } finally {
    guardDb.close();
    keysDb.close();
    db.close();
  }
}

interface CheckParts {
  readonly db: Database;
  readonly keysDb: Database;
  readonly guardDb: Database;
  readonly secrets: StateSecrets;
  readonly findings: Findings;
}

/** One run of the check. */
class Check {
  private readonly options: FsckOptions;
  private readonly parts: CheckParts;

  constructor(options: FsckOptions, parts: CheckParts) {
    this.options = options;
    this.parts = parts;
  }

  async run(): Promise<FsckReport> {
    const { paths, onProgress } = this.options;
    const { db, keysDb, secrets, findings } = this.parts;
    const isServed = isLocked(paths.lock);
    await this.checkRows();
    const keyring = new Keyring(keysDb, secrets.instanceKeys);
    let people = { subjects: 0, erased: 0 };
    await findings.attempt({ file: "keys.db" }, async () => {
      people = await checkKeys({ db, keysDb, keyring, findings });
    });
    const guard = this.openGuard();
    const blobs = openReadOnlyBlobs(paths.blobs);
    let identities: IdentityCheck | undefined;
    let doneEntries = 0;
    let logs: readonly LogState[] = [];
    try {
      await findings.attempt({ table: "logs" }, async () => {
        // What deduplication knows and how long the logs are, as of one moment.
        db.exec("BEGIN");
        try {
          logs = readLogs(db);
          identities = new IdentityCheck({ db, blobs, logs: logs.filter((log) => log.log === EVENT_LOG), findings });
        } finally {
          db.exec("COMMIT");
        }
        const totalEntries = logs.reduce((sum, log) => sum + log.size, 0);
        await checkLogs({
          db,
          blobs,
          keyring,
          signingSecret: secrets.signingSecret,
          kernel: createHashKernel(),
          guard,
          identities,
          findings,
          onEntries(count) {
            doneEntries += count;
            onProgress?.({ doneEntries, totalEntries });
          },
        });
      });
      await findings.attempt({ table: "dedupe_runs" }, () => identities?.finish());
    } finally {
      (identities as IdentityCheck | undefined)?.close();
    }
    await findings.attempt({ table: "guard.db/heads" }, () => guard?.finish());
    await findings.attempt({ file: paths.blobs }, () => checkFiles({ db, blobs, paths, isServed, findings }));
    await this.checkIndex(logs, keyring);
    return {
      findings: findings.count,
      suppressed: findings.suppressed(),
      logs: logs.length,
      entries: doneEntries,
      people: people.subjects,
      erased: people.erased,
      isServed,
    };
  }

  /** Pages, tables, columns and digests of rows, of all three databases. */
  private async checkRows(): Promise<void> {
    const { db, keysDb, guardDb, secrets, findings } = this.parts;
    const cairn = { name: "cairn.db", db } as const;
    const keys = { name: "keys.db", db: keysDb } as const;
    const guard = { name: "guard.db", db: guardDb } as const;
    await findings.attempt({ file: "cairn.db" }, () => checkDatabase(cairn, SCHEMAS.cairn, findings));
    await findings.attempt({ file: "keys.db" }, () => checkDatabase(keys, SCHEMAS.keys, findings));
    await findings.attempt({ file: "guard.db" }, () => checkDatabase(guard, GUARD_SCHEMA, findings));
    await findings.attempt({ file: "cairn.db" }, () =>
      checkCairnDatabase(db, rowMacKey(secrets.serverSecret), findings),
    );
    await findings.attempt({ file: "keys.db" }, () => checkFormat(keys, findings));
    await findings.attempt({ file: "guard.db" }, () =>
      checkGuardDatabase(guardDb, { macKey: rowMacKey(secrets.serverSecret), instanceId: this.instanceId(), findings }),
    );
  }

  private instanceId(): string | undefined {
    return this.parts.db.get<{ value: string }>("SELECT value FROM meta WHERE key = 'instance'")?.value;
  }

  private openGuard(): GuardRows | undefined {
    try {
      return new GuardRows(this.parts.guardDb, this.parts.findings);
    } catch (error) {
      const message = `the guard cannot be read: ${(error as Error).message}`;
      this.parts.findings.add("check_failed", { file: "guard.db" }, message);
      return undefined;
    }
  }

  private async checkIndex(logs: readonly LogState[], keyring: Keyring): Promise<void> {
    const { index, paths } = this.options;
    const { db, findings } = this.parts;
    if (index === undefined) return;
    const reader = new EventReader({ db, keyring, blobs: openReadOnlyBlobs(paths.blobs) });
    try {
      await findings.attempt({ table: "index" }, () => checkIndex(index, { db, logs, reader, findings }));
    } finally {
      reader.close();
    }
  }
}
