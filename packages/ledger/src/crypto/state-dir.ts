import { randomBytes } from "node:crypto";
import { existsSync, mkdirSync, readFileSync } from "node:fs";
import { LedgerError } from "../error.ts";
import { type Database, openDatabase } from "../storage/database.ts";
import type { Paths } from "../storage/paths.ts";
import { writeFileDurably } from "../storage/write-file.ts";
import { KEY_BYTES } from "./seal.ts";

/** Secrets of an instance that live apart from its data. */
export interface StateSecrets {
  /** Wraps the tenants' keys. */
  readonly instanceKey: Uint8Array;
  /** Log signing keys are derived from it, one for each origin. */
  readonly signingSecret: Uint8Array;
}

/** Reads the secrets, or makes them when the data directory is new as well. */
export function loadStateSecrets(paths: Paths, options: { readonly create: "when-missing" | "never" }): StateSecrets {
  mkdirSync(paths.stateDir, { recursive: true, mode: 0o700 });
  return {
    instanceKey: loadSecret(paths.instanceKey, options.create),
    signingSecret: loadSecret(paths.signingKey, options.create),
  };
}

function loadSecret(path: string, create: "when-missing" | "never"): Uint8Array {
  if (!existsSync(path)) {
    if (create === "never") {
      throw new LedgerError(
        "state_mismatch",
        `${path} is missing: the data directory has no meaning without its state directory; restore it from its backup`,
      );
    }
    writeFileDurably(path, `${randomBytes(KEY_BYTES).toString("base64")}\n`, 0o600);
  }
  const secret = Buffer.from(readFileSync(path, "utf8").trim(), "base64");
  if (secret.length !== KEY_BYTES)
    throw new LedgerError("corrupt", `${path} is not a key of ${KEY_BYTES} bytes in base64`);
  return secret;
}

/** The last head that was signed for an origin. */
export interface GuardedHead {
  readonly origin: string;
  readonly size: number;
  readonly root: Uint8Array;
}

/**
 * The rollback guard: remembers, outside the data directory, the newest head ever signed. A data directory that is
 * behind its guard was restored from a backup and must not sign again under the same origin.
 */
export interface RollbackGuard {
  readonly instanceId: string;
  head(origin: string): GuardedHead | undefined;
  heads(): GuardedHead[];
  /** Makes new heads durable. Called after the heads are committed and before anything is published. */
  advance(heads: readonly GuardedHead[]): void;
  close(): void;
}

const GUARD_FORMAT = "1";

/** Opens the guard; a new one takes on `instanceId`, an old one must agree with it. */
export function openRollbackGuard(path: string, instanceId: string): RollbackGuard {
  const db = openDatabase({ path, mode: "writer", cacheKib: 1_024 });
  db.exec("CREATE TABLE IF NOT EXISTS meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID");
  db.exec(
    "CREATE TABLE IF NOT EXISTS heads (origin TEXT PRIMARY KEY, size INTEGER NOT NULL, root BLOB NOT NULL) WITHOUT ROWID",
  );
  checkGuard(db, path, instanceId);
  const select = "SELECT origin, size, root FROM heads";
  return {
    instanceId,
    head: (origin) => db.get<GuardedHead>(`${select} WHERE origin = ?`, origin),
    heads: () => db.all<GuardedHead>(select),
    advance(heads) {
      db.transaction(() => {
        for (const { origin, size, root } of heads) {
          db.run(
            "INSERT INTO heads VALUES (?, ?, ?) ON CONFLICT (origin) DO UPDATE SET size = excluded.size, root = excluded.root WHERE excluded.size >= size",
            origin,
            size,
            root,
          );
        }
      });
    },
    close: () => db.close(),
  };
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
