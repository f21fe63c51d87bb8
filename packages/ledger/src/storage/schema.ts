import { LedgerError } from "../error.ts";
import type { Database } from "./database.ts";
import { ROW_MACS } from "./row-macs.ts";

/** Version of what is stored. A newer one than the program knows is refused; an older one is migrated, never guessed. */
export const STORAGE_FORMAT = 1;

/**
 * `cairn.db`: everything but keys. docs/formats/storage.md describes each table.
 * `log` is 0 for the event log and 1 for the control log; `ledger` is the epoch.
 */
const SCHEMA = `
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE projects (
  no INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, name TEXT NOT NULL, is_test INTEGER NOT NULL DEFAULT 0,
  settings TEXT NOT NULL DEFAULT '{}', created_at INTEGER NOT NULL);
CREATE TABLE tenants (
  no INTEGER PRIMARY KEY, project_no INTEGER NOT NULL REFERENCES projects(no), id TEXT NOT NULL, name TEXT NOT NULL,
  log_id TEXT NOT NULL UNIQUE, settings TEXT NOT NULL DEFAULT '{}', created_at INTEGER NOT NULL, expires_at INTEGER,
  suspended_at INTEGER, deletion TEXT, deleted_at INTEGER, UNIQUE (project_no, id));
CREATE TABLE api_keys (
  id TEXT PRIMARY KEY, project_no INTEGER NOT NULL REFERENCES projects(no), tenant_no INTEGER REFERENCES tenants(no),
  digest BLOB NOT NULL UNIQUE, name TEXT NOT NULL, scopes TEXT NOT NULL, created_at INTEGER NOT NULL, expires_at INTEGER,
  revoked_at INTEGER, last_used_at INTEGER, addresses TEXT, successor TEXT) WITHOUT ROWID;
CREATE TABLE members (
  id TEXT PRIMARY KEY, tenant_no INTEGER NOT NULL REFERENCES tenants(no), email_digest BLOB NOT NULL, role TEXT NOT NULL,
  state TEXT NOT NULL, groups TEXT NOT NULL, created_at INTEGER NOT NULL, expires_at INTEGER, last_sign_in_at INTEGER,
  version INTEGER NOT NULL, sealed BLOB NOT NULL, UNIQUE (email_digest, tenant_no)) WITHOUT ROWID;
CREATE INDEX members_by_tenant ON members (tenant_no);
CREATE TABLE member_groups (
  id TEXT PRIMARY KEY, tenant_no INTEGER NOT NULL REFERENCES tenants(no), created_at INTEGER NOT NULL, sealed BLOB NOT NULL) WITHOUT ROWID;
CREATE TABLE invitations (
  member_id TEXT PRIMARY KEY REFERENCES members(id), digest BLOB NOT NULL UNIQUE, expires_at INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE sessions (
  id TEXT PRIMARY KEY, digest BLOB NOT NULL UNIQUE, tenant_no INTEGER NOT NULL REFERENCES tenants(no),
  member_id TEXT REFERENCES members(id), created_at INTEGER NOT NULL, last_seen_at INTEGER NOT NULL, expires_at INTEGER NOT NULL,
  sealed BLOB NOT NULL) WITHOUT ROWID;
CREATE INDEX sessions_by_tenant ON sessions (tenant_no);
CREATE TABLE identity_providers (tenant_no INTEGER PRIMARY KEY REFERENCES tenants(no), sealed BLOB NOT NULL);
CREATE TABLE email_domains (domain TEXT PRIMARY KEY, tenant_no INTEGER NOT NULL REFERENCES tenants(no)) WITHOUT ROWID;
CREATE TABLE subject_facts (
  id TEXT PRIMARY KEY, tenant_no INTEGER NOT NULL REFERENCES tenants(no), ref TEXT NOT NULL, from_at INTEGER NOT NULL,
  sealed BLOB NOT NULL) WITHOUT ROWID;
CREATE INDEX subject_facts_by_ref ON subject_facts (tenant_no, ref);
CREATE TABLE saved_views (
  id TEXT PRIMARY KEY, tenant_no INTEGER NOT NULL REFERENCES tenants(no), owner_id TEXT, is_shared INTEGER NOT NULL,
  created_at INTEGER NOT NULL, sealed BLOB NOT NULL) WITHOUT ROWID;
CREATE INDEX saved_views_by_tenant ON saved_views (tenant_no);
CREATE TABLE own_events (
  id TEXT PRIMARY KEY, tenant_no INTEGER NOT NULL REFERENCES tenants(no), due_at INTEGER NOT NULL, sealed BLOB NOT NULL) WITHOUT ROWID;
CREATE INDEX own_events_due ON own_events (due_at);
CREATE TABLE sources (
  id TEXT PRIMARY KEY, tenant_no INTEGER NOT NULL REFERENCES tenants(no), kind TEXT NOT NULL, created_at INTEGER NOT NULL,
  enabled INTEGER NOT NULL, token_digest BLOB, version INTEGER NOT NULL, sealed BLOB NOT NULL, state BLOB NOT NULL) WITHOUT ROWID;
CREATE INDEX sources_by_tenant ON sources (tenant_no);
CREATE TABLE actions (
  project_no INTEGER NOT NULL REFERENCES projects(no), action TEXT NOT NULL, version INTEGER NOT NULL, definition TEXT NOT NULL,
  created_at INTEGER NOT NULL, PRIMARY KEY (project_no, action, version)) WITHOUT ROWID;
CREATE TABLE logs (
  tenant_no INTEGER NOT NULL REFERENCES tenants(no), log INTEGER NOT NULL, ledger INTEGER NOT NULL, origin TEXT NOT NULL,
  size INTEGER NOT NULL, last_received_at INTEGER NOT NULL, PRIMARY KEY (tenant_no, log, ledger)) WITHOUT ROWID;
CREATE TABLE journal (
  tenant_no INTEGER NOT NULL, ledger INTEGER NOT NULL, first INTEGER NOT NULL, count INTEGER NOT NULL, key_no INTEGER NOT NULL,
  skipped BLOB, entries BLOB NOT NULL, body BLOB NOT NULL, UNIQUE (tenant_no, ledger, first));
CREATE TABLE control (
  tenant_no INTEGER NOT NULL, ledger INTEGER NOT NULL, sequence INTEGER NOT NULL, entry BLOB NOT NULL, body BLOB NOT NULL,
  PRIMARY KEY (tenant_no, ledger, sequence)) WITHOUT ROWID;
CREATE TABLE heads (
  tenant_no INTEGER NOT NULL, log INTEGER NOT NULL, ledger INTEGER NOT NULL, size INTEGER NOT NULL, root BLOB NOT NULL,
  note TEXT NOT NULL, frontier BLOB NOT NULL, PRIMARY KEY (tenant_no, log, ledger)) WITHOUT ROWID;
CREATE TABLE old_checkpoints (
  tenant_no INTEGER NOT NULL, log INTEGER NOT NULL, ledger INTEGER NOT NULL, size INTEGER NOT NULL, note TEXT NOT NULL,
  PRIMARY KEY (tenant_no, log, ledger, size)) WITHOUT ROWID;
CREATE TABLE tiles (
  tenant_no INTEGER NOT NULL, log INTEGER NOT NULL, ledger INTEGER NOT NULL, level INTEGER NOT NULL, n INTEGER NOT NULL,
  hashes BLOB NOT NULL, PRIMARY KEY (tenant_no, log, ledger, level, n)) WITHOUT ROWID;
CREATE TABLE segments (
  tenant_no INTEGER NOT NULL, ledger INTEGER NOT NULL, first INTEGER NOT NULL, count INTEGER NOT NULL, name TEXT NOT NULL,
  bytes INTEGER NOT NULL, sha256 BLOB NOT NULL, PRIMARY KEY (tenant_no, ledger, first)) WITHOUT ROWID;
CREATE TABLE dedupe_recent (no INTEGER PRIMARY KEY, records BLOB NOT NULL, digest BLOB NOT NULL);
CREATE TABLE dedupe_runs (
  no INTEGER PRIMARY KEY, name TEXT NOT NULL, count INTEGER NOT NULL, tier INTEGER NOT NULL, bytes INTEGER NOT NULL, sha256 BLOB NOT NULL);
CREATE TABLE cursors (
  follower TEXT NOT NULL, tenant_no INTEGER NOT NULL, ledger INTEGER NOT NULL, sequence INTEGER NOT NULL,
  PRIMARY KEY (follower, tenant_no, ledger)) WITHOUT ROWID;
CREATE TABLE seen_actions (
  tenant_no INTEGER NOT NULL, action TEXT NOT NULL, first_seen_at INTEGER NOT NULL, PRIMARY KEY (tenant_no, action)) WITHOUT ROWID;
CREATE TABLE refused (
  no INTEGER PRIMARY KEY, tenant_no INTEGER NOT NULL, refused_at INTEGER NOT NULL, body BLOB NOT NULL);
CREATE INDEX refused_by_tenant ON refused (tenant_no, no);
CREATE TABLE exports (
  id TEXT PRIMARY KEY, tenant_no INTEGER NOT NULL, created_at INTEGER NOT NULL, state TEXT NOT NULL, request TEXT NOT NULL,
  progress TEXT NOT NULL) WITHOUT ROWID;
${ROW_MACS}
`;

/** `keys.db`: wrapped keys and the subject directory. Every other column of a row is bound by the seal of its key. */
const KEYS_SCHEMA = `
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE tenant_keys (
  tenant_no INTEGER NOT NULL, generation INTEGER NOT NULL, wrapped BLOB NOT NULL, erased_at INTEGER,
  PRIMARY KEY (tenant_no, generation)) WITHOUT ROWID;
CREATE TABLE subjects (
  tenant_no INTEGER NOT NULL, ref TEXT NOT NULL, wrapped BLOB, PRIMARY KEY (tenant_no, ref)) WITHOUT ROWID;
CREATE TABLE identifiers (
  tenant_no INTEGER NOT NULL, digest BLOB NOT NULL, ref TEXT NOT NULL, mac BLOB NOT NULL, PRIMARY KEY (tenant_no, digest)) WITHOUT ROWID;
CREATE INDEX identifiers_by_ref ON identifiers (tenant_no, ref);
CREATE TABLE journal_keys (
  tenant_no INTEGER NOT NULL, key_no INTEGER NOT NULL, wrapped BLOB NOT NULL, PRIMARY KEY (tenant_no, key_no)) WITHOUT ROWID;
`;

/** Version of the rollback guard. */
export const GUARD_FORMAT = "1";

/** `guard.db`, in the state directory. */
export const GUARD_SCHEMA = `
CREATE TABLE IF NOT EXISTS meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS heads (origin TEXT PRIMARY KEY, size INTEGER NOT NULL, root BLOB NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS closed (
  origin TEXT PRIMARY KEY, size INTEGER NOT NULL, root BLOB NOT NULL, successor TEXT) WITHOUT ROWID;
${ROW_MACS}
`;

/** What the databases of the data directory are made of. */
export const SCHEMAS = { cairn: SCHEMA, keys: KEYS_SCHEMA } as const;

/** Creates the tables in an empty file, or checks the version of a filled one. */
export function migrate(db: Database, which: "cairn" | "keys"): void {
  const hasMeta = db.get("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'meta'") !== undefined;
  if (!hasMeta) {
    db.transaction(() => {
      db.exec(SCHEMAS[which]);
      db.run("INSERT INTO meta VALUES ('format', ?)", String(STORAGE_FORMAT));
    });
    return;
  }
  const format = Number(db.get<{ value: string }>("SELECT value FROM meta WHERE key = 'format'")?.value);
  if (format > STORAGE_FORMAT) {
    throw new LedgerError(
      "format_newer",
      `${which}.db has storage format ${format}; this program knows up to ${STORAGE_FORMAT}: use a newer Cairn`,
    );
  }
  if (format !== STORAGE_FORMAT) throw new LedgerError("corrupt", `${which}.db has no storage format`);
}
