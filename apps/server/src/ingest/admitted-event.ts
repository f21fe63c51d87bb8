import type { AcceptedEvent, CairnEvent, CompiledEvent, Unknown } from "@cairn/event";
import type { Tenant } from "@cairn/ledger";
import type { Catalog } from "../catalog/catalog.ts";

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
  /** Its messages, when it was compiled. */
  readonly compiled?: CompiledEvent;
  /** What the compiler did not know about it. */
  readonly unknown?: UnknownText;
}

/** Something the compiler can be taught from an event that took the slow way. */
export interface UnknownText {
  readonly unknown: Unknown;
  /** What stands at its place in the body. */
  readonly text: Uint8Array;
  /** The compiler's epoch then: what is known of a later one must not come from an earlier one's catalog. */
  readonly epoch: number;
}

/** An event that was compiled: read again only if somebody asks what is in it. */
export class CompiledAdmission implements AdmittedEvent {
  readonly context: TenantContext;
  readonly compiled: CompiledEvent;
  private readonly read: (index: number) => AdmittedEvent;
  private whole: AdmittedEvent | undefined;

  constructor(parts: {
    readonly context: TenantContext;
    readonly compiled: CompiledEvent;
    /** Reads the event at an index of its body the slow way. */
    readonly read: (index: number) => AdmittedEvent;
  }) {
    this.context = parts.context;
    this.compiled = parts.compiled;
    this.read = parts.read;
  }

  get event(): CairnEvent {
    return this.slow().event;
  }

  get defaulted(): AcceptedEvent["defaulted"] {
    return this.slow().defaulted;
  }

  get personalPointers(): readonly string[] {
    return this.slow().personalPointers;
  }

  private slow(): AdmittedEvent {
    this.whole ??= this.read(this.compiled.index);
    return this.whole;
  }
}
