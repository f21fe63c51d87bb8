import { CairnError, DEFAULT_PERSON_TARGET_TYPES } from "@cairn/event";
import { EVENT_LOG, type ReaderSide, RecentMap, readLog, type Tenant } from "@cairn/ledger";
import { type Catalog, readCatalog } from "../catalog/catalog.ts";
import type { Client } from "../threads/rpc.ts";
import type { WriterApi } from "../threads/writer-api.ts";
import type { TenantContext } from "./admitted-event.ts";
import type { IngestRequest } from "./ingest-api.ts";
import { isTenantName } from "./tenant-name.ts";

/** Free text that a project may declare personal as a whole. */
const FREE_TEXT = ["/description", "/details", "/changes", "/outcome/reason", "/labels", "/purpose", "/recipient"];

/** Tenants of whom a thread keeps what it needs: about 2 KiB each. */
const MAX_CONTEXTS = 40_000;

/** What tenants of one project share. */
interface ProjectContext {
  readonly catalog: Catalog;
  readonly personTargetTypes: ReadonlySet<string>;
  readonly personalPointers: readonly string[];
  /** Names of actions, each once, however many tenants know it. */
  readonly actions: Map<string, string>;
}

/** What of a request decides which tenants it may name. */
type Naming = Pick<IngestRequest, "projectNo" | "canCreateTenants" | "keyId">;

/** What an ingest thread remembers of tenants and their projects. */
export class TenantContexts {
  private readonly byId = new RecentMap<string, TenantContext>(MAX_CONTEXTS);
  private readonly byNo = new RecentMap<number, TenantContext>(MAX_CONTEXTS);
  private readonly projects = new Map<number, ProjectContext>();
  private readonly side: ReaderSide;
  private readonly writer: Client<WriterApi>;

  constructor({ side, writer }: { readonly side: ReaderSide; readonly writer: Client<WriterApi> }) {
    this.side = side;
    this.writer = writer;
  }

  /** Forgets catalogs and settings. */
  forget(): void {
    this.byId.clear();
    this.byNo.clear();
    this.projects.clear();
  }

  /** The context of a tenant, or undefined when there is none: each event is refused for that by itself. */
  known(tenantNo: number): TenantContext | undefined {
    if (this.byNo.get(tenantNo) === undefined && this.side.registry.tenant(tenantNo) === undefined) return undefined;
    return this.of(tenantNo);
  }

  /** @throws CairnError not_found */
  of(tenantNo: number): TenantContext {
    const known = this.byNo.get(tenantNo);
    if (known !== undefined) return known;
    const tenant = this.side.registry.tenant(tenantNo);
    if (tenant === undefined) throw new CairnError("not_found", "there is no such tenant");
    return this.contextOf(tenant);
  }

  /**
   * Gives the tenant that an event names, and makes it when the key may.
   * @throws CairnError tenant_required or not_found
   */
  async named(id: unknown, request: Naming): Promise<TenantContext> {
    if (typeof id !== "string")
      throw new CairnError("tenant_required", "the key belongs to a project and the event names no tenant", {
        pointer: "/tenant",
      });
    const cached = this.byId.get(`${request.projectNo}/${id}`);
    if (cached !== undefined) return cached;
    const tenant = this.side.registry.findTenant(request.projectNo, id) ?? (await this.createTenant(id, request));
    const context = this.contextOf(tenant);
    this.byId.set(`${request.projectNo}/${id}`, context);
    return context;
  }

  /** Makes the tenants that several events of a request name for the first time, all in one transaction. */
  async create(names: readonly unknown[], request: Naming): Promise<void> {
    const { projectNo, keyId } = request;
    if (!request.canCreateTenants) return;
    const ids = new Set<string>();
    for (const id of names) {
      if (typeof id !== "string" || ids.has(id) || !isTenantName(id)) continue;
      if (this.byId.get(`${projectNo}/${id}`) !== undefined) continue;
      if (this.side.registry.findTenant(projectNo, id) === undefined) ids.add(id);
    }
    if (ids.size > 1) await this.writer.call("createTenants", { projectNo, ids: [...ids], keyId });
  }

  private createTenant(id: string, request: Naming): Promise<Tenant> {
    if (!request.canCreateTenants || !isTenantName(id)) {
      throw new CairnError("not_found", `there is no tenant ${JSON.stringify(id.slice(0, 100))}`, {
        pointer: "/tenant",
      });
    }
    return this.writer.call("createTenant", { projectNo: request.projectNo, id, keyId: request.keyId });
  }

  private contextOf(tenant: Tenant): TenantContext {
    const known = this.byNo.get(tenant.no);
    if (known !== undefined) return known;
    const { db, keyring } = this.side;
    const { catalog, personTargetTypes, personalPointers, actions } = this.project(tenant.projectNo);
    const ownTypes = tenant.settings.personTargetTypes ?? [];
    const seen = db.all<{ action: string }>("SELECT action FROM seen_actions WHERE tenant_no = ?", tenant.no);
    const context: TenantContext = {
      tenant,
      origin: readLog(db, tenant.no, EVENT_LOG).origin,
      fingerprintKey: keyring.tenantKeys(tenant.no).fingerprintKey,
      personTargetTypes: ownTypes.length === 0 ? personTargetTypes : new Set([...personTargetTypes, ...ownTypes]),
      catalog,
      personalPointers,
      seenActions: new Set(seen.map(({ action }) => shared(actions, action))),
    };
    this.byNo.set(tenant.no, context);
    return context;
  }

  private project(projectNo: number): ProjectContext {
    let project = this.projects.get(projectNo);
    if (project === undefined) {
      const catalog = readCatalog(this.side.db, projectNo);
      const { freeTextIsPersonal } = this.side.registry.projectSettings(projectNo);
      project = {
        catalog,
        personTargetTypes: personTargetTypes(catalog),
        personalPointers: freeTextIsPersonal === true ? FREE_TEXT : [],
        actions: new Map(),
      };
      this.projects.set(projectNo, project);
    }
    return project;
  }
}

/** Target types that are people in a project: the built-in ones, and those that its catalog names. */
function personTargetTypes(catalog: Catalog): ReadonlySet<string> {
  const types = new Set(DEFAULT_PERSON_TARGET_TYPES);
  for (const { definition } of catalog.values()) for (const type of definition.person_targets ?? []) types.add(type);
  return types;
}

/** More names than this are not shared: a producer of endless names must not fill the memory. */
const MAX_SHARED = 10_000;

function shared(names: Map<string, string>, name: string): string {
  const known = names.get(name);
  if (known === undefined && names.size < MAX_SHARED) names.set(name, name);
  return known ?? name;
}
