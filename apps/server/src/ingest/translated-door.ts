import { CairnError, CompiledEvent, type EventInput, parseBatch } from "@cairn/event";
import type { EventCompiler } from "@cairn/event/door";
import { admitValue } from "./admit-value.ts";
import { CompiledAdmission, type TenantContext, type UnknownText } from "./admitted-event.ts";
import type { Delivery } from "./delivery.ts";
import type { Admission, Admissions } from "./door-keeper.ts";
import { keyedIdentity } from "./identity.ts";
import { holdsDigestText, keyDigestsOf, withKeyedDigests } from "./key-digests.ts";
import { isOwnSource } from "./own-source.ts";
import type { TenantContexts } from "./tenant-contexts.ts";

/** Events let in at one time: as many as are prepared as one batch. */
const MAX_EVENTS = 500;
/** UTF-16 units of them: what the compiler takes at one time, with room for other alphabets. */
const MAX_CHARS = 1024 * 1024;

/** Longest a UTF-16 unit gets in UTF-8. */
const MAX_BYTES_PER_UNIT = 3;
const [OPEN_ARRAY, CLOSE_ARRAY, COMMA] = [0x5b, 0x5d, 0x2c];

/** An escaped half of a surrogate pair, or what looks like one: only the strict parser can tell. */
const SURROGATE_ESCAPE = /\\u[dD][89a-fA-F]/;

/** Some events of a delivery after the door. */
export interface TranslatedAdmissions extends Admissions {
  /** How many events these are; the others come next. */
  readonly taken: number;
  /** JSON of each. */
  readonly texts: readonly string[];
}

/** Lets events in that a mapping has made: they are values already, of a form that is known. */
export class TranslatedDoor {
  private readonly tenants: TenantContexts;
  private readonly compiler: EventCompiler | undefined;
  private scratch = Buffer.allocUnsafeSlow(0);

  constructor(parts: { readonly tenants: TenantContexts; readonly compiler: EventCompiler | undefined }) {
    this.tenants = parts.tenants;
    this.compiler = parts.compiler;
  }

  /** Admits or refuses the first of some events, one by one. @throws CairnError when there is no such new tenant */
  async admit(events: readonly EventInput[], delivery: Delivery): Promise<TranslatedAdmissions> {
    const context = await this.sharedContext(events.slice(0, MAX_EVENTS), delivery);
    const texts = textsOf(events, context);
    const bytes = texts.reduce((sum, { length }) => sum + length, 0);
    const compiled = context === undefined ? undefined : this.compile(texts, context, delivery);
    if (compiled !== undefined) return { ...compiled, bytes, texts, taken: texts.length };
    const admissions: Admission[] = [];
    for (const text of texts) admissions.push(await this.admitText(text, { delivery, context }));
    return { admissions, bytes, compiled: undefined, texts, taken: texts.length };
  }

  /** The context of the one tenant that all events are for; undefined when there are several, or none that is there. */
  private async sharedContext(events: readonly EventInput[], delivery: Delivery): Promise<TenantContext | undefined> {
    if (delivery.tenantNo !== undefined) return this.tenants.known(delivery.tenantNo);
    if (delivery.newTenant !== undefined) return this.tenants.named(delivery.newTenant, delivery);
    const named = events[0]?.tenant;
    if (named === undefined || events.some(({ tenant }) => tenant !== named)) {
      await this.tenants.create(
        events.map(({ tenant }) => tenant),
        delivery,
      );
      return undefined;
    }
    try {
      return await this.tenants.named(named, delivery);
    } catch (error) {
      // Each event is refused for that by itself.
      if (error instanceof CairnError && error.retryAfterSeconds === undefined) return undefined;
      throw error;
    }
  }

  private compile(
    texts: readonly string[],
    context: TenantContext,
    delivery: Delivery,
  ): Omit<TranslatedAdmissions, "bytes" | "taken" | "texts"> | undefined {
    const { compiler } = this;
    if (compiler === undefined || context.personalPointers.length > 0) return undefined;
    const body = this.bodyOf(texts);
    const { defaultSource } = delivery;
    const compiled = compiler.compile(body, {
      ...{ tenantNo: context.tenant.no, tenant: context.tenant.id, origin: context.origin, defaultSource },
    });
    if (compiled === undefined) return undefined;
    const by = { defaultSource, idempotencyKey: undefined };
    const read = (index: number) => admitValue(JSON.parse(texts[index]!), context, { ...by, position: index });
    const admissions = texts.map((text, position): Admission => {
      const { bytes } = compiled.buffers;
      if (
        compiled.isCompiled(position) &&
        !isOwnSource(bytes, compiled.sourceStart(position), compiled.sourceEnd(position))
      )
        return {
          kind: "admitted",
          admitted: new CompiledAdmission({ context, compiled: new CompiledEvent(compiled, position), read }),
        };
      const unknown = compiled.isCompiled(position) ? undefined : compiled.unknown(position);
      const lesson =
        unknown === undefined
          ? undefined
          : { unknown, text: body.slice(unknown.start, unknown.end), epoch: compiled.epoch };
      return admitTo(context, text, { defaultSource, lesson });
    });
    return { admissions, compiled };
  }

  /** Writes texts as an array of JSON into memory that serves body after body. */
  private bodyOf(texts: readonly string[]): Uint8Array {
    let most = 1;
    for (const text of texts) most += 1 + text.length * MAX_BYTES_PER_UNIT;
    if (this.scratch.length < most) this.scratch = Buffer.allocUnsafeSlow(Math.ceil(most * 1.25));
    const { scratch } = this;
    let at = 0;
    for (const text of texts) {
      scratch[at] = at === 0 ? OPEN_ARRAY : COMMA;
      at += 1 + scratch.write(text, at + 1);
    }
    scratch[at++] = CLOSE_ARRAY;
    return new Uint8Array(scratch.buffer, scratch.byteOffset, at);
  }

  private async admitText(
    text: string,
    { delivery, context }: { readonly delivery: Delivery; readonly context: TenantContext | undefined },
  ): Promise<Admission> {
    const { tenantNo, defaultSource } = delivery;
    if (context !== undefined) return admitTo(context, text, { defaultSource });
    const value = JSON.parse(text) as EventInput;
    try {
      const own = tenantNo === undefined ? await this.tenants.named(value.tenant, delivery) : this.tenants.of(tenantNo);
      const keyed = holdsDigestText(text) ? JSON.stringify(withKeyedDigests(value, own.fingerprintKey)) : text;
      return admitTo(own, keyed, { defaultSource });
    } catch (error) {
      return refusalOf(error, value, tenantNo);
    }
  }
}

/** Texts of the first events: as many as are let in at one time, at least one. */
function textsOf(events: readonly EventInput[], context: TenantContext | undefined): string[] {
  const texts: string[] = [];
  let chars = 0;
  for (const event of events) {
    if (texts.length === MAX_EVENTS || chars > MAX_CHARS) break;
    const text = textOf(event, context);
    texts.push(text);
    chars += text.length;
  }
  return texts;
}

/** JSON of an event; digests of content in it under the tenant's key where it is known whose it is. */
function textOf(event: EventInput, context: TenantContext | undefined): string {
  if (context === undefined) return JSON.stringify(event);
  const key = context.fingerprintKey;
  const { id } = event;
  const keyed = id === undefined ? undefined : keyedIdentity(id, key);
  const text = JSON.stringify(keyed === id ? event : { ...event, id: keyed });
  return holdsDigestText(text) ? keyDigestsOf(text, key) : text;
}

function admitTo(
  context: TenantContext,
  text: string,
  { defaultSource, lesson }: { readonly defaultSource: string; readonly lesson?: UnknownText | undefined },
): Admission {
  const value: unknown = JSON.parse(text);
  try {
    if (SURROGATE_ESCAPE.test(text)) demandWhole(text);
    const admitted = admitValue(value, context, { defaultSource, idempotencyKey: undefined, position: 0 });
    return { kind: "admitted", admitted: lesson === undefined ? admitted : { ...admitted, unknown: lesson } };
  } catch (error) {
    return refusalOf(error, value as EventInput, context.tenant.no);
  }
}

/** @throws CairnError text_invalid */
function demandWhole(text: string): void {
  const [item] = parseBatch(Buffer.from(text), "json");
  if (item?.kind === "refused") throw item.error;
}

function refusalOf(error: unknown, value: EventInput, tenantNo: number | undefined): Admission {
  if (!(error instanceof CairnError)) throw error;
  return { kind: "refused", error, id: value.id, value, tenantNo };
}
