import { randomBytes, randomUUID } from "node:crypto";
import { keyedDigest } from "../crypto/seal.ts";
import type { Database } from "../storage/database.ts";

export const SCOPES = [
  "events:write",
  "events:read",
  "exports",
  "catalog:write",
  "tenants:create",
  "viewer-tokens",
  "admin",
] as const;
export type Scope = (typeof SCOPES)[number];

/** An API key as the door sees it; the key itself is nowhere. */
export interface ApiKey {
  readonly id: string;
  readonly name: string;
  readonly projectNo: number;
  /** Undefined for a key of the whole project. */
  readonly tenantNo: number | undefined;
  readonly scopes: readonly Scope[];
  readonly createdAtMs: number;
  readonly expiresAtMs: number | undefined;
  readonly revokedAtMs: number | undefined;
  readonly lastUsedAtMs: number | undefined;
  /** Networks (CIDR) that it may be used from; undefined: from everywhere. */
  readonly addresses: readonly string[] | undefined;
  /** The key that takes its place, after a rotation. */
  readonly successor: string | undefined;
}

/** A key that does not exist yet. */
export type NewApiKey = Pick<ApiKey, "name" | "projectNo" | "tenantNo" | "scopes" | "expiresAtMs"> & {
  readonly addresses?: readonly string[] | undefined;
};

/** A key that has everything but its row. */
export type PreparedApiKey = NewApiKey & {
  readonly id: string;
  readonly createdAtMs: number;
  readonly digest: Uint8Array;
};

interface Row {
  id: string;
  name: string;
  project_no: number;
  tenant_no: number | null;
  scopes: string;
  created_at: number;
  expires_at: number | null;
  revoked_at: number | null;
  last_used_at: number | null;
  addresses: string | null;
  successor: string | null;
}

const COLUMNS =
  "id, name, project_no, tenant_no, scopes, created_at, expires_at, revoked_at, last_used_at, addresses, successor";

/** API keys, found by a keyed digest of their text. */
export class ApiKeys {
  private readonly db: Database;
  private readonly digestKey: Uint8Array;

  constructor(db: Database, digestKey: Uint8Array) {
    this.db = db;
    this.digestKey = digestKey;
  }

  /** Thinks of a key; the text is shown once and only its keyed digest is kept. */
  prepare(key: NewApiKey, nowMs: number): { readonly text: string; readonly prepared: PreparedApiKey } {
    const text = newKeyText();
    return { text, prepared: { ...key, id: randomUUID(), createdAtMs: nowMs, digest: this.digest(text) } };
  }

  /** Makes a key and gives its text. */
  create(key: NewApiKey, nowMs: number): { readonly id: string; readonly text: string } {
    const { text, prepared } = this.prepare(key, nowMs);
    this.insert(prepared);
    return { id: prepared.id, text };
  }

  insert(key: PreparedApiKey): void {
    this.db.run(
      `INSERT INTO api_keys (id, project_no, tenant_no, digest, name, scopes, created_at, expires_at, addresses)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      key.id,
      key.projectNo,
      key.tenantNo ?? null,
      key.digest,
      key.name,
      key.scopes.join(" "),
      key.createdAtMs,
      key.expiresAtMs ?? null,
      key.addresses === undefined ? null : JSON.stringify(key.addresses),
    );
  }

  /** Finds the live key of this text: not revoked, not expired. */
  findByText(text: string, nowMs: number): ApiKey | undefined {
    return live(asKey(this.db.get<Row>(`SELECT ${COLUMNS} FROM api_keys WHERE digest = ?`, this.digest(text))), nowMs);
  }

  find(id: string): ApiKey | undefined {
    return asKey(this.db.get<Row>(`SELECT ${COLUMNS} FROM api_keys WHERE id = ?`, id));
  }

  /** Keys of a tenant, or with `"project"` those of its project as a whole. */
  list(owner: { readonly projectNo: number; readonly tenantNo: number | "project" }): ApiKey[] {
    const { projectNo, tenantNo } = owner;
    const rows =
      tenantNo === "project"
        ? this.db.all<Row>(
            `SELECT ${COLUMNS} FROM api_keys WHERE project_no = ? AND tenant_no IS NULL ORDER BY created_at, id`,
            projectNo,
          )
        : this.db.all<Row>(`SELECT ${COLUMNS} FROM api_keys WHERE tenant_no = ? ORDER BY created_at, id`, tenantNo);
    return rows.map((row) => asKey(row)!);
  }

  /** Keys whose time ended within a span. */
  expired({ fromMs, toMs }: { readonly fromMs: number; readonly toMs: number }): ApiKey[] {
    return this.db
      .all<Row>(`SELECT ${COLUMNS} FROM api_keys WHERE expires_at > ? AND expires_at <= ?`, fromMs, toMs)
      .map((row) => asKey(row)!);
  }

  /** Changes what may change of a key. */
  update(key: ApiKey): void {
    this.db.run(
      "UPDATE api_keys SET name = ?, scopes = ?, expires_at = ?, revoked_at = ?, addresses = ?, successor = ? WHERE id = ?",
      key.name,
      key.scopes.join(" "),
      key.expiresAtMs ?? null,
      key.revokedAtMs ?? null,
      key.addresses === undefined ? null : JSON.stringify(key.addresses),
      key.successor ?? null,
      key.id,
    );
  }

  touch(id: string, nowMs: number): void {
    this.db.run("UPDATE api_keys SET last_used_at = ? WHERE id = ?", nowMs, id);
  }

  private digest(text: string): Buffer {
    return keyedDigest(this.digestKey, text, 32);
  }
}

/** The key if it may be used now. */
function live(key: ApiKey | undefined, nowMs: number): ApiKey | undefined {
  if (key === undefined || key.revokedAtMs !== undefined) return undefined;
  return key.expiresAtMs !== undefined && key.expiresAtMs <= nowMs ? undefined : key;
}

const KEY_ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/** `cairn_` and 43 base-62 characters: 256 random bits, found by secret scanners by their prefix. */
function newKeyText(): string {
  let text = "cairn_";
  while (text.length < 49) {
    for (const byte of randomBytes(64)) if (byte < 248 && text.length < 49) text += KEY_ALPHABET[byte % 62]; // 248 = 4 × 62: no bias
  }
  return text;
}

function asKey(row: Row | undefined): ApiKey | undefined {
  if (row === undefined) return undefined;
  return {
    id: row.id,
    name: row.name,
    projectNo: row.project_no,
    tenantNo: row.tenant_no ?? undefined,
    scopes: row.scopes.split(" ") as Scope[],
    createdAtMs: row.created_at,
    expiresAtMs: row.expires_at ?? undefined,
    revokedAtMs: row.revoked_at ?? undefined,
    lastUsedAtMs: row.last_used_at ?? undefined,
    addresses: row.addresses === null ? undefined : (JSON.parse(row.addresses) as string[]),
    successor: row.successor ?? undefined,
  };
}
