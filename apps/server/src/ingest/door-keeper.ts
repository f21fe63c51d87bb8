import { type BatchItem, CairnError, type CompiledBody, CompiledEvent, LIMITS, parseBatch } from "@cairn/event";
import type { EventCompiler } from "@cairn/event/door";
import type { SourceError } from "@cairn/sources";
import { receiveBytes } from "../threads/sent-bytes.ts";
import { admitValue } from "./admit-value.ts";
import { type AdmittedEvent, CompiledAdmission } from "./admitted-event.ts";
import { decodeBody } from "./decode-body.ts";
import type { IngestRequest } from "./ingest-api.ts";
import { holdsDigests, keyDigests, withKeyedDigests } from "./key-digests.ts";
import { isOwnSource } from "./own-source.ts";
import type { TenantContexts } from "./tenant-contexts.ts";

/** One event of a request after the door. */
export type Admission = { readonly kind: "admitted"; readonly admitted: AdmittedEvent } | Refusal;

export interface Refusal {
  readonly kind: "refused";
  /** Why, by the rules of events or by those of the format it came in. */
  readonly error: CairnError | SourceError;
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

  constructor(parts: { readonly tenants: TenantContexts; readonly compiler: EventCompiler | undefined }) {
    this.tenants = parts.tenants;
    this.compiler = parts.compiler;
  }

  /** Admits or refuses each event of a request. @throws CairnError when the body as a whole cannot be read */
  async admit(sent: IngestRequest): Promise<Admissions> {
    const body = decodeBody(receiveBytes(sent.body), sent.encoding);
    const request = await this.withNewTenant(sent, body);
    const hasDigests = holdsDigests(body);
    const sender = request.tenantNo === undefined ? undefined : this.tenants.known(request.tenantNo);
    if (hasDigests && sender !== undefined) keyDigests(body, sender.fingerprintKey);
    const fast = await this.admitCompiled(body, request);
    if (fast !== undefined) return fast;
    const items = parseBatch(body, request.format);
    const mayBeLarge = body.length > LIMITS.eventBytes;
    const admissions: Admission[] = [];
    if (request.tenantNo === undefined && items.length > 1) await this.tenants.create(items.map(tenantIn), request);
    for (const [position, item] of items.entries())
      admissions.push(await this.admitOne(item, { request, position, mayBeLarge, hasDigests }));
    return { admissions, bytes: body.length, compiled: undefined };
  }

  /** Makes the tenant that the request names and that is not there yet, once it is sure that the body can be read. */
  private async withNewTenant(request: IngestRequest, body: Uint8Array): Promise<IngestRequest> {
    const { newTenant } = request;
    if (newTenant === undefined) return request;
    parseBatch(body, request.format);
    const { tenant } = await this.tenants.named(newTenant, request);
    return { ...request, tenantNo: tenant.no };
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
      admitValue(JSON.parse(textOf(body, compiled, index)), context, { ...request, position: index });
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
    at: {
      readonly request: IngestRequest;
      readonly position: number;
      readonly mayBeLarge: boolean;
      /** Digests that wait for the key of the tenant that the event names. */
      readonly hasDigests?: boolean;
    },
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
      const keyed =
        at.hasDigests === true && request.tenantNo === undefined
          ? withKeyedDigests(value, context.fingerprintKey)
          : value;
      return { kind: "admitted", admitted: admitValue(keyed, context, { ...request, position: at.position }) };
    } catch (error) {
      if (!(error instanceof CairnError)) throw error;
      return { kind: "refused", error, id: idOf(value), value, tenantNo: request.tenantNo };
    }
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
