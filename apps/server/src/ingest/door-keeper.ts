import type { CairnEvent } from "@cairn/event";
import {
  type AcceptedEvent,
  acceptEvent,
  type BatchItem,
  CairnError,
  DEFAULT_PERSON_TARGET_TYPES,
  LIMITS,
  parseBatch,
} from "@cairn/event";
import { EVENT_LOG, type ReaderSide, readLog, type Tenant } from "@cairn/ledger";
import { type Catalog, readCatalog } from "../catalog/catalog.ts";
import type { Client } from "../threads/rpc.ts";
import type { WriterApi } from "../threads/writer-api.ts";
import { decodeBody } from "./decode-body.ts";
import { identityOf } from "./identity.ts";
import type { IngestRequest } from "./ingest-api.ts";

/** What ingest keeps of a tenant between requests. */
export interface TenantContext {
  readonly tenant: Tenant;
  readonly origin: string;
  readonly fingerprintKey: Uint8Array;
  readonly personTargetTypes: ReadonlySet<string>;
  readonly catalog: Catalog;
  /** Pointers that the project declares personal in every event. */
  readonly personalPointers: readonly string[];
  /** Actions this thread has seen of the tenant. */
  readonly seenActions: Set<string>;
}

/** An event that passed the door, with what comparing it later needs. */
export interface AdmittedEvent {
  readonly context: TenantContext;
  readonly event: CairnEvent;
  readonly defaulted: AcceptedEvent["defaulted"];
  readonly personalPointers: readonly string[];
}

/** One event of a request after the door. */
export type Admission = { readonly kind: "admitted"; readonly admitted: AdmittedEvent } | Refusal;

export interface Refusal {
  readonly kind: "refused";
  readonly error: CairnError;
  readonly id: string | undefined;
  readonly value: unknown;
  readonly tenantNo: number | undefined;
}

/** Free text that a project may declare personal as a whole. */
const FREE_TEXT = ["/description", "/details", "/changes", "/outcome/reason", "/labels", "/purpose", "/recipient"];

/** Reads requests and lets events in, one by one. Owns what a thread remembers of tenants and catalogs. */
export class DoorKeeper {
  private readonly byId = new Map<string, TenantContext>();
  private readonly byNo = new Map<number, TenantContext>();
  private readonly side: ReaderSide;
  private readonly writer: Client<WriterApi>;

  constructor(side: ReaderSide, writer: Client<WriterApi>) {
    this.side = side;
    this.writer = writer;
  }

  /** Forgets catalogs and settings. */
  refresh(): void {
    this.byId.clear();
    this.byNo.clear();
  }

  /** Admits or refuses each event of a request, and tells how long its body was unpacked. @throws CairnError when the body as a whole cannot be read */
  async admit(request: IngestRequest): Promise<{ readonly admissions: readonly Admission[]; readonly bytes: number }> {
    const body = decodeBody(request.body, request.encoding);
    const items = parseBatch(body, request.format);
    const mayBeLarge = body.length > LIMITS.eventBytes;
    const admissions: Admission[] = [];
    for (const [position, item] of items.entries())
      admissions.push(await this.admitOne(item, { request, position, mayBeLarge }));
    return { admissions, bytes: body.length };
  }

  private async admitOne(
    item: BatchItem,
    at: { readonly request: IngestRequest; readonly position: number; readonly mayBeLarge: boolean },
  ): Promise<Admission> {
    const { request } = at;
    const value = item.kind === "value" ? item.value : undefined;
    try {
      if (item.kind === "refused") throw item.error;
      if (at.mayBeLarge) checkSize(value);
      const context =
        request.tenantNo === undefined ? await this.contextOfEvent(value, request) : this.context(request.tenantNo);
      return { kind: "admitted", admitted: this.admitValue(value, context, at) };
    } catch (error) {
      if (!(error instanceof CairnError)) throw error;
      return { kind: "refused", error, id: idOf(value), value, tenantNo: request.tenantNo };
    }
  }

  private admitValue(
    value: unknown,
    context: TenantContext,
    at: { readonly request: IngestRequest; readonly position: number },
  ): AdmittedEvent {
    const { request, position } = at;
    const { event, tenant, defaulted } = acceptEvent(value, {
      nowMs: Date.now(),
      defaultSource: request.defaultSource,
      describeAction: (action) => context.catalog.get(action)?.definition,
    });
    if (tenant !== undefined && tenant !== context.tenant.id) {
      throw new CairnError("tenant_unexpected", "the event names another tenant than the request", {
        pointer: "/tenant",
      });
    }
    const entry = context.catalog.get(event.action);
    const id = identityOf(event.id, { idempotencyKey: request.idempotencyKey, position, key: context.fingerprintKey });
    let recorded: CairnEvent = { ...event, id };
    if (entry?.fits !== undefined && !entry.fits(event.details)) {
      const { definition } = entry;
      if (definition.strict === true) {
        throw new CairnError(
          "schema_misfit",
          `details do not fit version ${definition.version} of the schema of ${event.action}`,
          { pointer: "/details" },
        );
      }
      recorded = {
        ...recorded,
        warnings: [...(event.warnings ?? []), `schema_misfit:${event.action}@${definition.version}`],
      };
    }
    const own = entry?.definition.personal;
    return {
      context,
      event: recorded,
      defaulted,
      personalPointers: own === undefined ? context.personalPointers : [...context.personalPointers, ...own],
    };
  }

  private async contextOfEvent(value: unknown, request: IngestRequest): Promise<TenantContext> {
    const id = typeof value === "object" && value !== null ? (value as { tenant?: unknown }).tenant : undefined;
    if (typeof id !== "string")
      throw new CairnError("tenant_required", "the key belongs to a project and the event names no tenant", {
        pointer: "/tenant",
      });
    const cached = this.byId.get(`${request.projectNo}/${id}`);
    if (cached !== undefined) return cached;
    const tenant = this.side.registry.findTenant(request.projectNo, id) ?? (await this.createTenant(id, request));
    const context = this.context(tenant.no);
    this.byId.set(`${request.projectNo}/${id}`, context);
    return context;
  }

  private createTenant(id: string, request: IngestRequest): Promise<Tenant> {
    if (!request.canCreateTenants || !/^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/.test(id)) {
      throw new CairnError("not_found", `there is no tenant ${JSON.stringify(id.slice(0, 100))}`, {
        pointer: "/tenant",
      });
    }
    return this.writer.call("createTenant", { projectNo: request.projectNo, id });
  }

  private context(tenantNo: number): TenantContext {
    let context = this.byNo.get(tenantNo);
    if (context === undefined) {
      const tenant = this.side.registry.tenant(tenantNo);
      if (tenant === undefined) throw new CairnError("not_found", "there is no such tenant");
      const catalog = readCatalog(this.side.db, tenant.projectNo);
      context = {
        tenant,
        origin: readLog(this.side.db, tenantNo, EVENT_LOG).origin,
        fingerprintKey: this.side.keyring.tenantKeys(tenantNo).fingerprintKey,
        personTargetTypes: personTargetTypes(tenant, catalog),
        catalog,
        personalPointers:
          this.side.registry.projectSettings(tenant.projectNo).freeTextIsPersonal === true ? FREE_TEXT : [],
        seenActions: new Set(
          this.side.db
            .all<{ action: string }>("SELECT action FROM seen_actions WHERE tenant_no = ?", tenantNo)
            .map((row) => row.action),
        ),
      };
      this.byNo.set(tenantNo, context);
    }
    return context;
  }
}

/** Target types that are people for a tenant: the built-in ones, its own, and those its catalog names. */
function personTargetTypes(tenant: Tenant, catalog: Catalog): ReadonlySet<string> {
  const types = new Set([...DEFAULT_PERSON_TARGET_TYPES, ...(tenant.settings.personTargetTypes ?? [])]);
  for (const { definition } of catalog.values()) for (const type of definition.person_targets ?? []) types.add(type);
  return types;
}

function checkSize(value: unknown): void {
  const bytes = Buffer.byteLength(JSON.stringify(value) ?? "");
  if (bytes > LIMITS.eventBytes)
    throw new CairnError("event_too_large", `the event has ${bytes} bytes; at most ${LIMITS.eventBytes} fit`, {
      pointer: "",
    });
}

function idOf(value: unknown): string | undefined {
  const id = typeof value === "object" && value !== null ? (value as { id?: unknown }).id : undefined;
  return typeof id === "string" ? id.slice(0, LIMITS.idChars) : undefined;
}
