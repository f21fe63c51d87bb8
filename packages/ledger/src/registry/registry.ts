import { randomBytes, randomUUID } from "node:crypto";
import { keyedDigest } from "../crypto/seal.ts";
import { LedgerError } from "../error.ts";
import type { Database } from "../storage/database.ts";

/** A tenant and what ingest and reading need to know of it. */
export interface Tenant {
  readonly no: number;
  readonly id: string;
  readonly name: string;
  readonly projectNo: number;
  readonly projectId: string;
  /** Last part of the origin of the tenant's logs: random, because origins are public. */
  readonly logId: string;
  readonly settings: TenantSettings;
}

export interface TenantSettings {
  /** Target types that are people, beside the built-in ones. */
  readonly personTargetTypes?: readonly string[];
  /** Whether tiles and checkpoints are served without a key. */
  readonly publicLog?: boolean;
}

export interface ProjectSettings {
  /** Every free text is personal: sealed so that it needs all people of its event. */
  readonly freeTextIsPersonal?: boolean;
  /** Categories of the project, when they are not the default ones. */
  readonly categories?: readonly { readonly id: string; readonly name: string }[];
}

export const SCOPES = ["events:write", "events:read", "exports", "catalog:write", "tenants:create", "admin"] as const;
export type Scope = (typeof SCOPES)[number];

/** An API key as the door sees it. */
export interface ApiKey {
  readonly id: string;
  readonly name: string;
  readonly projectNo: number;
  /** Undefined for a key of the whole project. */
  readonly tenantNo: number | undefined;
  readonly scopes: readonly Scope[];
  readonly expiresAtMs: number | undefined;
}

interface TenantRow {
  no: number;
  id: string;
  name: string;
  project_no: number;
  project_id: string;
  log_id: string;
  settings: string;
}

const TENANT = `SELECT tenants.no, tenants.id, tenants.name, project_no, projects.id AS project_id, log_id, tenants.settings
  FROM tenants JOIN projects ON projects.no = project_no`;

/** Tenants, projects and keys: reads over any connection, writes over the writer's. */
export class Registry {
  private readonly db: Database;
  private readonly keyDigestKey: Uint8Array;

  constructor(db: Database, keyDigestKey: Uint8Array) {
    this.db = db;
    this.keyDigestKey = keyDigestKey;
  }

  project(id: string): { readonly no: number; readonly id: string; readonly settings: ProjectSettings } | undefined {
    const row = this.db.get<{ no: number; id: string; settings: string }>(
      "SELECT no, id, settings FROM projects WHERE id = ?",
      id,
    );
    return row === undefined
      ? undefined
      : { no: row.no, id: row.id, settings: JSON.parse(row.settings) as ProjectSettings };
  }

  projectSettings(no: number): ProjectSettings {
    const row = this.db.get<{ settings: string }>("SELECT settings FROM projects WHERE no = ?", no);
    return JSON.parse(row?.settings ?? "{}") as ProjectSettings;
  }

  createProject(id: string, options: { readonly name: string; readonly nowMs: number }): number {
    return this.db.run("INSERT INTO projects (id, name, created_at) VALUES (?, ?, ?)", id, options.name, options.nowMs)
      .lastRow;
  }

  updateProjectSettings(no: number, settings: ProjectSettings): void {
    this.db.run("UPDATE projects SET settings = ? WHERE no = ?", JSON.stringify(settings), no);
  }

  tenant(no: number): Tenant | undefined {
    return asTenant(this.db.get<TenantRow>(`${TENANT} WHERE tenants.no = ?`, no));
  }

  findTenant(projectNo: number, id: string): Tenant | undefined {
    return asTenant(this.db.get<TenantRow>(`${TENANT} WHERE project_no = ? AND tenants.id = ?`, projectNo, id));
  }

  tenants(): Tenant[] {
    return this.db.all<TenantRow>(`${TENANT} ORDER BY tenants.no`).map((row) => asTenant(row)!);
  }

  createTenant(projectNo: number, id: string, options: { readonly name: string; readonly nowMs: number }): number {
    const logId = randomBytes(10).toString("hex");
    return this.db.run(
      "INSERT INTO tenants (project_no, id, name, log_id, created_at) VALUES (?, ?, ?, ?, ?)",
      projectNo,
      id,
      options.name,
      logId,
      options.nowMs,
    ).lastRow;
  }

  updateTenantSettings(no: number, settings: TenantSettings): void {
    this.db.run("UPDATE tenants SET settings = ? WHERE no = ?", JSON.stringify(settings), no);
  }

  /** Makes a key; the text is shown once and only its keyed digest is kept. */
  createApiKey(key: Omit<ApiKey, "id"> & { readonly nowMs: number }): { readonly id: string; readonly text: string } {
    const id = randomUUID();
    const text = newKeyText();
    this.db.run(
      "INSERT INTO api_keys (id, project_no, tenant_no, digest, name, scopes, created_at, expires_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
      id,
      key.projectNo,
      key.tenantNo ?? null,
      this.digest(text),
      key.name,
      key.scopes.join(" "),
      key.nowMs,
      key.expiresAtMs ?? null,
    );
    return { id, text };
  }

  /** Finds the live key of this text: not revoked, not expired. */
  findApiKey(text: string, nowMs: number): ApiKey | undefined {
    const row = this.db.get<{
      id: string;
      name: string;
      project_no: number;
      tenant_no: number | null;
      scopes: string;
      expires_at: number | null;
    }>(
      "SELECT id, name, project_no, tenant_no, scopes, expires_at FROM api_keys WHERE digest = ? AND revoked_at IS NULL",
      this.digest(text),
    );
    if (row === undefined || (row.expires_at !== null && row.expires_at <= nowMs)) return undefined;
    return {
      id: row.id,
      name: row.name,
      projectNo: row.project_no,
      tenantNo: row.tenant_no ?? undefined,
      scopes: row.scopes.split(" ") as Scope[],
      expiresAtMs: row.expires_at ?? undefined,
    };
  }

  private digest(text: string): Buffer {
    return keyedDigest(this.keyDigestKey, text, 32);
  }
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

function asTenant(row: TenantRow | undefined): Tenant | undefined {
  if (row === undefined) return undefined;
  return {
    no: row.no,
    id: row.id,
    name: row.name,
    projectNo: row.project_no,
    projectId: row.project_id,
    logId: row.log_id,
    settings: JSON.parse(row.settings) as TenantSettings,
  };
}

/** Names the origin of a tenant's event log in an epoch; the control log's has `/control` behind it. */
export function logOrigin(instanceId: string, logId: string, ledger: number): string {
  return `cairn-${instanceId}/${logId}${ledger === 1 ? "" : `/e${ledger}`}`;
}

/** Says what is wrong with the id of a project or tenant, or nothing. */
export function checkName(id: string): string {
  if (!/^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/.test(id)) {
    throw new LedgerError(
      "not_found",
      `${JSON.stringify(id)} is not a name: 1 to 100 letters, digits, dots, dashes and underscores`,
    );
  }
  return id;
}
