import {
  acceptEvent,
  type BatchItem,
  CairnError,
  type CairnEvent,
  type CompiledBody,
  CompiledEvent,
  type EventCompiler,
  LIMITS,
  parseBatch,
} from "@cairn/event";
import type { ReaderSide } from "@cairn/ledger";
import type { Client } from "../threads/rpc.ts";
import { receiveBytes } from "../threads/sent-bytes.ts";
import type { WriterApi } from "../threads/writer-api.ts";
import { type AdmittedEvent, CompiledAdmission, type TenantContext } from "./admitted-event.ts";
import { decodeBody } from "./decode-body.ts";
import { identityOf } from "./identity.ts";
import type { IngestRequest } from "./ingest-api.ts";
import { isOwnSource, OWN_SOURCE, reservedSource } from "./own-source.ts";
import { TenantContexts } from "./tenant-contexts.ts";

/** One event of a request after the door. */
export type Admission = { readonly kind: "admitted"; readonly admitted: AdmittedEvent } | Refusal;

export interface Refusal {
  readonly kind: "refused";
  readonly error: CairnError;
  readonly id: string | undefined;
  readonly value: unknown;
  readonly tenantNo: number | undefined;
}

/** The events of a request after the door. */
export interface Admissions {
  readonly admissions: readonly Admission[];
  /** How long the body was unpacked. */
  readonly bytes: number;
  /** What the compiler made of the body; its buffers are to be released when the request is answered. */
  readonly compiled: CompiledBody | undefined;
}

/** Reads requests and lets events in, one by one. */
export class DoorKeeper {
  private readonly tenants: TenantContexts;
  private readonly compiler: EventCompiler | undefined;

  constructor(parts: {
    readonly side: ReaderSide;
    readonly writer: Client<WriterApi>;
    readonly compiler: EventCompiler | undefined;
  }) {
    this.tenants = new TenantContexts(parts);
    this.compiler = parts.compiler;
  }

  /** Forgets catalogs and settings. */
  refresh(): void {
    this.tenants.forget();
  }

  /** Admits or refuses each event of a request. @throws CairnError when the body as a whole cannot be read */
  async admit(request: IngestRequest): Promise<Admissions> {
    const body = decodeBody(receiveBytes(request.body), request.encoding);
    const fast = await this.admitCompiled(body, request);
    if (fast !== undefined) return fast;
    const items = parseBatch(body, request.format);
    const mayBeLarge = body.length > LIMITS.eventBytes;
    const admissions: Admission[] = [];
    if (request.tenantNo === undefined && items.length > 1) await this.tenants.create(items.map(tenantIn), request);
    for (const [position, item] of items.entries())
      admissions.push(await this.admitOne(item, { request, position, mayBeLarge }));
    return { admissions, bytes: body.length, compiled: undefined };
  }

  /**
   * Admits a body whose events are nearly all plain; undefined when the body has to be read as a whole. An event that is
   * refused is one such reason: what is said of it counts lines and columns of the body.
   */
  private async admitCompiled(body: Uint8Array, request: IngestRequest): Promise<Admissions | undefined> {
    const { compiler } = this;
    if (compiler === undefined || request.tenantNo === undefined || request.format !== "json") return undefined;
    const context = this.tenants.known(request.tenantNo);
    if (context === undefined || context.personalPointers.length > 0) return undefined;
    const compiled = compiler.compile(body, {
      tenantNo: request.tenantNo,
      tenant: context.tenant.id,
      origin: context.origin,
      defaultSource: request.defaultSource,
    });
    if (compiled === undefined) return undefined;
    const mayBeLarge = body.length > LIMITS.eventBytes;
    const read = (index: number): AdmittedEvent =>
      this.admitValue(JSON.parse(textOf(body, compiled, index)), context, { request, position: index });
    const admissions: Admission[] = [];
    for (let position = 0; position < compiled.count; position++) {
      if (compiled.isCompiled(position)) {
        if (isOwnSource(compiled.buffers.bytes, compiled.sourceStart(position), compiled.sourceEnd(position))) {
          compiler.release(compiled);
          return undefined;
        }
        const admitted = new CompiledAdmission({ context, compiled: new CompiledEvent(compiled, position), read });
        admissions.push({ kind: "admitted", admitted });
        continue;
      }
      const admission = await this.admitLeft(body, { compiled, position, request, mayBeLarge });
      if (admission === undefined) {
        compiler.release(compiled);
        return undefined;
      }
      admissions.push(admission);
    }
    return { admissions, bytes: body.length, compiled };
  }

  /** Admits one event that the compiler left; undefined when it is refused. */
  private async admitLeft(
    body: Uint8Array,
    at: {
      readonly compiled: CompiledBody;
      readonly position: number;
      readonly request: IngestRequest;
      readonly mayBeLarge: boolean;
    },
  ): Promise<Admission | undefined> {
    const { compiled, position } = at;
    const item = readAlone(body.subarray(compiled.start(position), compiled.end(position)));
    if (item?.kind !== "value") return undefined;
    const admission = await this.admitOne(item, at);
    if (admission.kind === "refused") return undefined;
    const unknown = compiled.unknown(position);
    if (unknown === undefined) return admission;
    const text = body.subarray(unknown.start, unknown.end);
    return {
      kind: "admitted",
      admitted: { ...admission.admitted, unknown: { unknown, text, epoch: compiled.epoch } },
    };
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
        request.tenantNo === undefined
          ? await this.tenants.named(tenantOf(value), request)
          : this.tenants.of(request.tenantNo);
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
    if (event.source === OWN_SOURCE && request.defaultSource !== OWN_SOURCE) throw reservedSource();
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
}

function textOf(body: Uint8Array, compiled: CompiledBody, index: number): string {
  return Buffer.from(body.buffer, body.byteOffset, body.length).toString(
    "utf8",
    compiled.start(index),
    compiled.end(index),
  );
}

/** Reads the JSON of one event; undefined when it cannot be read. */
function readAlone(bytes: Uint8Array): BatchItem | undefined {
  try {
    return parseBatch(bytes, "json")[0];
  } catch (error) {
    if (error instanceof CairnError) return undefined;
    throw error;
  }
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

function tenantIn(item: BatchItem): unknown {
  return item.kind === "value" ? tenantOf(item.value) : undefined;
}

/** What an event names as its tenant. */
function tenantOf(value: unknown): unknown {
  return typeof value === "object" && value !== null ? (value as { tenant?: unknown }).tenant : undefined;
}
