import { randomBytes } from "node:crypto";
import { existsSync, mkdirSync } from "node:fs";
import { bytesEqual } from "@cairn/merkle";
import { LedgerError } from "../error.ts";
import { crashPoint } from "../storage/crash-point.ts";
import { type Database, openDatabase } from "../storage/database.ts";
import type { Paths } from "../storage/paths.ts";
import { keepRowMacs, rowMacKey, SEALED_GUARD_TABLES } from "../storage/row-macs.ts";
import { GUARD_FORMAT, GUARD_SCHEMA } from "../storage/schema.ts";
import { type InstanceKeys, openInstanceKeys, readSecrets, writeSecrets } from "./instance-keys.ts";
import { KEY_BYTES } from "./seal.ts";

/** Secrets of an instance that live apart from its data. */
export interface StateSecrets {
  /** Wrap the tenants' keys; rotated. */
  readonly instanceKeys: InstanceKeys;
  /** Log signing keys are derived from it, one for each origin. */
  readonly signingSecret: Uint8Array;
  /** What the server keeps for itself is sealed or digested under keys derived from it: API keys, rows, sessions, cursors. */
  readonly serverSecret: Uint8Array;
}

/** Reads the secrets, or makes them when the data directory is new as well. */
export function loadStateSecrets(paths: Paths, options: { readonly create: "when-missing" | "never" }): StateSecrets {
  mkdirSync(paths.stateDir, { recursive: true, mode: 0o700 });
  return {
    instanceKeys: openInstanceKeys(paths.instanceKey, options.create),
    signingSecret: loadSecret(paths.signingKey, options.create),
    serverSecret: loadSecret(paths.serverSecret, options.create),
  };
}

function loadSecret(path: string, create: "when-missing" | "never"): Uint8Array {
  if (create === "when-missing" && !existsSync(path)) writeSecrets(path, [randomBytes(KEY_BYTES)]);
  return readSecrets(path)[0]!;
}

/** The last head that was signed for an origin. */
export interface GuardedHead {
  readonly origin: string;
  readonly size: number;
  readonly root: Uint8Array;
}

/** The last head of an origin that is never signed for again, and the epoch that took its place, if one did. */
export interface ClosedHead extends GuardedHead {
  readonly successor: string | null;
}

/**
 * The rollback guard: remembers, outside the data directory, the newest head ever signed. A data directory that is
 * behind its guard was restored from a backup and must not sign again under the same origin.
 */
export interface RollbackGuard {
  readonly instanceId: string;
  head(origin: string): GuardedHead | undefined;
  heads(): GuardedHead[];
  /** Origins that a new epoch has replaced. */
  closed(): ClosedHead[];
  /**
   * Makes new heads durable. Called after the heads are committed and before anything is published.
   * @throws LedgerError rollback when a head goes back, or has another root than one that was signed at its size
   */
  advance(heads: readonly GuardedHead[]): void;
  /** Ends origins for good. */
  end(heads: readonly { readonly origin: string; readonly successor: string | null }[]): void;
  close(): void;
}

/** Opens the guard; a new one takes on `instanceId`, an old one must agree with it. */
export function openRollbackGuard(options: {
  readonly path: string;
  readonly instanceId: string;
  readonly serverSecret: Uint8Array;
  /** `reader`: of an existing guard, to look only. */
  readonly mode: "writer" | "reader";
}): RollbackGuard {
  const { path, instanceId, mode } = options;
  const db = openDatabase({ path, mode, cacheKib: 1_024 });
  if (mode === "writer") {
    db.exec(GUARD_SCHEMA);
    keepRowMacs(db, rowMacKey(options.serverSecret), SEALED_GUARD_TABLES);
  }
  checkGuard(db, path, instanceId);
  return {
    instanceId,
    head: (origin) => readGuardedHead(db, origin),
    heads: () => readGuarded(db),
    closed: () => readClosed(db),
    advance(heads) {
      db.transaction(() => {
        for (const head of heads) {
          refuseRollback(db, head);
          const { origin, size, root } = head;
          db.run("INSERT OR REPLACE INTO heads VALUES (?, ?, ?)", origin, size, root);
        }
      });
      crashPoint("guard-advanced");
    },
    end(heads) {
      db.transaction(() => {
        for (const { origin, successor } of heads) {
          // An origin that was ended before may have got another successor: the one it had is lost too.
          db.run("UPDATE closed SET successor = ? WHERE origin = ?", successor, origin);
          db.run("INSERT INTO closed SELECT origin, size, root, ? FROM heads WHERE origin = ?", successor, origin);
          db.run("DELETE FROM heads WHERE origin = ?", origin);
        }
      });
    },
    close: () => db.close(),
  };
}

const HEADS = "SELECT origin, size, root FROM heads";

/** Reads what was signed last for every origin. */
export function readGuarded(db: Database): GuardedHead[] {
  return db.all<GuardedHead>(HEADS);
}

/** Reads the origins that are never signed for again. */
export function readClosed(db: Database): ClosedHead[] {
  return db.all<ClosedHead>("SELECT origin, size, root, successor FROM closed");
}

function readGuardedHead(db: Database, origin: string): GuardedHead | undefined {
  return db.get<GuardedHead>(`${HEADS} WHERE origin = ?`, origin);
}

function refuseRollback(db: Database, { origin, size, root }: GuardedHead): void {
  const known = readGuardedHead(db, origin);
  const isBehind = known !== undefined && known.size > size;
  const isFork = known !== undefined && known.size === size && !bytesEqual(known.root, root);
  const isClosed = db.get("SELECT 1 FROM closed WHERE origin = ?", origin) !== undefined;
  if (isBehind || isFork || isClosed)
    throw new LedgerError("rollback", `refusing to publish size ${size} of ${origin}: another head was signed before`);
}

function checkGuard(db: Database, path: string, instanceId: string): void {
  const meta = (key: string) => db.get<{ value: string }>("SELECT value FROM meta WHERE key = ?", key)?.value;
  const format = meta("format");
  if (format === undefined) {
    db.transaction(() => {
      db.run("INSERT INTO meta VALUES ('format', ?)", GUARD_FORMAT);
      db.run("INSERT INTO meta VALUES ('instance', ?)", instanceId);
    });
    return;
  }
  if (format !== GUARD_FORMAT)
    throw new LedgerError("format_newer", `${path} has guard format ${format}; this program knows ${GUARD_FORMAT}`);
  if (meta("instance") !== instanceId) {
    throw new LedgerError(
      "state_mismatch",
      `${path} belongs to another instance than the data directory: give the pair that belongs together`,
    );
  }
}
