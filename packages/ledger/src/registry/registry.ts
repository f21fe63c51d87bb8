import { randomBytes } from "node:crypto";
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
  readonly createdAtMs: number;
  /** It is suspended by itself then. */
  readonly expiresAtMs: number | undefined;
  /** Nobody of it gets in since then. */
  readonly suspendedAtMs: number | undefined;
  /** Asked for and not done yet. */
  readonly deletion: TenantDeletion | undefined;
  /** Hidden since then, as if it did not exist. */
  readonly deletedAtMs: number | undefined;
}

/** A deletion that can still be cancelled. */
export interface TenantDeletion {
  readonly requestedAtMs: number;
  /** Id of the operator who asked; another one may confirm. */
  readonly requestedBy: string;
  /** It happens by itself then. */
  readonly dueAtMs: number;
}

/** What of a tenant can change. */
export type TenantStanding = Pick<
  Tenant,
  "name" | "settings" | "expiresAtMs" | "suspendedAtMs" | "deletion" | "deletedAtMs"
>;

export interface Project {
  readonly no: number;
  readonly id: string;
  readonly name: string;
  /** For trying out: what it holds is nobody's record. */
  readonly isTest: boolean;
  readonly settings: ProjectSettings;
  readonly createdAtMs: number;
}

export interface TenantSettings {
  /** Target types that are people, beside the built-in ones. */
  readonly personTargetTypes?: readonly string[];
  /** Whether tiles and checkpoints are served without a key. */
  readonly publicLog?: boolean;
  /** Id of the shared view that the log opens with. */
  readonly defaultView?: string;
  /** Members who sign in by password need a second factor. */
  readonly needsSecondFactor?: boolean;
  /** Sessions end after so long without a request, where that is less than the instance's. */
  readonly sessionIdleMinutes?: number;
  /** Sessions end after so long in any case, where that is less than the instance's. */
  readonly sessionHours?: number;
  /** Until when operators may read the tenant's events, Unix milliseconds. */
  readonly operatorAccessUntilMs?: number;
}

export interface ProjectSettings {
  /** Every free text is personal: sealed so that it needs all people of its event. */
  readonly freeTextIsPersonal?: boolean;
  /** Categories of the project, when they are not the default ones. */
  readonly categories?: readonly { readonly id: string; readonly name: string }[];
  /** Origins of pages that may show a tenant's log with a viewer token. */
  readonly allowedOrigins?: readonly string[];
}

interface TenantRow {
  no: number;
  id: string;
  name: string;
  project_no: number;
  project_id: string;
  log_id: string;
  settings: string;
  created_at: number;
  expires_at: number | null;
  suspended_at: number | null;
  deletion: string | null;
  deleted_at: number | null;
}

interface ProjectRow {
  no: number;
  id: string;
  name: string;
  is_test: number;
  settings: string;
  created_at: number;
}

const TENANT = `SELECT tenants.*, projects.id AS project_id FROM tenants JOIN projects ON projects.no = project_no`;
/** One that can be used: there, and not suspended. */
const IS_LIVE = "suspended_at IS NULL AND deleted_at IS NULL";

/** Tenants and projects: reads over any connection, writes over the writer's. */
export class Registry {
  private readonly db: Database;

  constructor(db: Database) {
    this.db = db;
  }

  project(id: string): Project | undefined {
    return asProject(this.db.get<ProjectRow>("SELECT * FROM projects WHERE id = ?", id));
  }

  projectOf(no: number): Project | undefined {
    return asProject(this.db.get<ProjectRow>("SELECT * FROM projects WHERE no = ?", no));
  }

  projects(): Project[] {
    return this.db.all<ProjectRow>("SELECT * FROM projects ORDER BY no").map((row) => asProject(row)!);
  }

  projectSettings(no: number): ProjectSettings {
    const row = this.db.get<{ settings: string }>("SELECT settings FROM projects WHERE no = ?", no);
    return JSON.parse(row?.settings ?? "{}") as ProjectSettings;
  }

  createProject(
    id: string,
    options: { readonly name: string; readonly nowMs: number; readonly isTest?: boolean },
  ): number {
    return this.db.run(
      "INSERT INTO projects (id, name, is_test, created_at) VALUES (?, ?, ?, ?)",
      id,
      options.name,
      options.isTest === true ? 1 : 0,
      options.nowMs,
    ).lastRow;
  }

  updateProject(no: number, { name, settings }: Pick<Project, "name" | "settings">): void {
    this.db.run("UPDATE projects SET name = ?, settings = ? WHERE no = ?", name, JSON.stringify(settings), no);
  }

  /** A tenant by number, whatever has become of it. */
  tenant(no: number): Tenant | undefined {
    return asTenant(this.db.get<TenantRow>(`${TENANT} WHERE tenants.no = ?`, no));
  }

  /** A tenant that can be used: neither suspended nor deleted. */
  findTenant(projectNo: number, id: string): Tenant | undefined {
    return asTenant(
      this.db.get<TenantRow>(`${TENANT} WHERE project_no = ? AND tenants.id = ? AND ${IS_LIVE}`, projectNo, id),
    );
  }

  /** A tenant by its id, whatever has become of it. */
  findAnyTenant(projectNo: number, id: string): Tenant | undefined {
    return asTenant(this.db.get<TenantRow>(`${TENANT} WHERE project_no = ? AND tenants.id = ?`, projectNo, id));
  }

  /** Every tenant, whatever has become of it. */
  tenants(): Tenant[] {
    return this.db.all<TenantRow>(`${TENANT} ORDER BY tenants.no`).map((row) => asTenant(row)!);
  }

  /** Tells whether a project has tenants beside one. One that is suspended may come back; one that is deleted does not. */
  hasOtherTenants(projectNo: number, tenantNo: number): boolean {
    const other = "SELECT no FROM tenants WHERE project_no = ? AND no <> ? AND deleted_at IS NULL LIMIT 1";
    return this.db.get<{ no: number }>(other, projectNo, tenantNo) !== undefined;
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

  /** Changes what is named, and leaves the rest as it is now: two who change different things do not undo each other's. */
  updateTenant(no: number, change: Partial<TenantStanding>): void {
    const known = this.tenant(no);
    if (known === undefined) return;
    const { name, settings, expiresAtMs, suspendedAtMs, deletion, deletedAtMs } = { ...known, ...change };
    this.db.run(
      "UPDATE tenants SET name = ?, settings = ?, expires_at = ?, suspended_at = ?, deletion = ?, deleted_at = ? WHERE no = ?",
      name,
      JSON.stringify(settings),
      expiresAtMs ?? null,
      suspendedAtMs ?? null,
      deletion === undefined ? null : JSON.stringify(deletion),
      deletedAtMs ?? null,
      no,
    );
  }
}

function asProject(row: ProjectRow | undefined): Project | undefined {
  if (row === undefined) return undefined;
  const { no, id, name } = row;
  const settings = JSON.parse(row.settings) as ProjectSettings;
  return { no, id, name, isTest: row.is_test === 1, settings, createdAtMs: row.created_at };
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
    createdAtMs: row.created_at,
    expiresAtMs: row.expires_at ?? undefined,
    suspendedAtMs: row.suspended_at ?? undefined,
    deletion: row.deletion === null ? undefined : (JSON.parse(row.deletion) as TenantDeletion),
    deletedAtMs: row.deleted_at ?? undefined,
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
