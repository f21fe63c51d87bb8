import type { Json } from "@cairn/event";
import type { Source, Tenant } from "@cairn/ledger";
import { mapItems } from "@cairn/sources";
import type { ServerContext } from "../context.ts";
import type { Collected, Collector } from "./collector.ts";
import { kindOf, POLLED_KINDS, type Reading } from "./kinds.ts";
import { deliveryOf } from "./map-body.ts";
import { createOutbound, type Outbound, OutboundError } from "./outbound.ts";
import { type NextLook, PollLoop } from "./poll-loop.ts";
import { receive } from "./receive.ts";
import { type SourceState, withDelivery } from "./source-state.ts";
import { SourceStates } from "./source-states.ts";

/** Something that was made of a source's settings and serves until they change. */
interface Made<T> {
  readonly version: number;
  readonly value: T;
}

/** Kept of webhooks that were called lately; mappings are quickly made again. */
const MAX_READINGS = 1_000;

/** The configured sources of all tenants, at work. */
export class SourceService {
  readonly states: SourceStates;
  private readonly context: ServerContext;
  private readonly outbound: Outbound;
  private readonly loop: PollLoop;
  private readonly readings = new Map<string, Made<Reading>>();
  private readonly collectors = new Map<string, Made<Collector>>();

  constructor(context: ServerContext) {
    const { side, threads, log, config } = context;
    this.context = context;
    this.states = new SourceStates({ side, writer: threads.writer, log });
    this.outbound = createOutbound(config.allowInsecureSources ? "any" : "internet");
    this.loop = new PollLoop({
      ids: () => side.access.sources.enabledIds(POLLED_KINDS),
      poll: (id, signal) => this.poll(id, signal),
      onFailure: (id, error, failures) => this.failed(id, error, failures),
    });
  }

  start(): void {
    this.loop.start();
  }

  /** Ends looks that are under way and writes what is known. */
  async stop(): Promise<void> {
    await this.loop.stop();
    await this.states.stop();
  }

  /** A source was made, changed or removed: what rested on it is old. */
  changed(id: string): void {
    this.readings.delete(id);
    this.collectors.delete(id);
    if (this.context.side.access.sources.find(id) === undefined) this.states.forget(id);
    this.loop.refresh(id);
  }

  /** Looks at once at what is polled, unless the other side wants to be left alone. */
  collectNow(id: string): void {
    this.loop.refresh(id);
  }

  /** How the bodies of a source become events. @throws SourceError of a definition that does not work any more */
  readingOf(source: Source): Reading {
    const known = this.readings.get(source.id);
    if (known?.version === source.version) return known.value;
    const value = kindOf(source.kind)!.reading(source.settings);
    if (this.readings.size >= MAX_READINGS) this.readings.clear();
    this.readings.set(source.id, { version: source.version, value });
    return value;
  }

  /** Looks once at where a source is polled, from its checkpoint on, without recording anything. @throws OutboundError */
  look(source: Source, signal: AbortSignal): Promise<Collected> {
    const { checkpoint, lastPolledAtMs } = this.states.get(source.id);
    return this.collectorOf(source)({ checkpoint, lastPolledAtMs, nowMs: Date.now(), signal });
  }

  private async poll(id: string, signal: AbortSignal): Promise<NextLook | undefined> {
    const { side, lately } = this.context;
    const source = side.access.sources.find(id);
    if (source?.isEnabled !== true) return undefined;
    if (!isLive(lately.tenant(source.tenantNo))) return { nextInMs: SUSPENDED_MS, pauseMs: 0 };
    const collected = await this.look(source, signal);
    const { nextInMs, pauseMs = 0 } = collected;
    const tally = await receive(this.context, source, collected);
    const nowMs = Date.now();
    const after = (state: SourceState): SourceState => {
      const { problem: _solved, ...rest } = withDelivery(state, tally, nowMs);
      return { ...rest, checkpoint: collected.state, lastPolledAtMs: nowMs, warnings: collected.warnings };
    };
    if (isSame(this.states.get(id).checkpoint, collected.state)) {
      // Nothing is lost with a checkpoint that says the same as before, and nothing gained by asking at once again.
      this.states.update(source, after);
      return { nextInMs: Math.max(nextInMs, STANDSTILL_MS), pauseMs };
    }
    await this.states.save(source, after);
    return { nextInMs, pauseMs };
  }

  private failed(id: string, error: unknown, attempts: number): void {
    const { side, log } = this.context;
    const source = side.access.sources.find(id);
    if (source === undefined) return;
    const isTheirs = error instanceof OutboundError;
    if (!isTheirs) log.error({ err: error, source: id }, "a source could not be polled; tried again");
    const message = isTheirs ? error.message : "what was fetched could not be recorded; it is tried again";
    this.states.update(source, (state) => ({
      ...state,
      problem: { message, sinceMs: state.problem?.sinceMs ?? Date.now(), attempts },
    }));
  }

  private collectorOf(source: Source): Collector {
    const known = this.collectors.get(source.id);
    if (known?.version === source.version) return known.value;
    const make = kindOf(source.kind)?.collector;
    if (make === undefined) throw new Error("BUG: a source that cannot be polled");
    const reading = this.readingOf(source);
    const { outbound } = this;
    const value = make(source.settings, { outbound, secrets: source.secrets, map: (body) => mapPage(reading, body) });
    this.collectors.set(source.id, { version: source.version, value });
    return value;
  }
}

/** How long after a look at a suspended tenant to see whether it still is. */
const SUSPENDED_MS = 60_000;
/** How long to wait when a look has led nowhere, whatever the collector says. */
const STANDSTILL_MS = 5_000;

function isLive(tenant: Tenant | undefined): boolean {
  if (tenant === undefined || tenant.deletedAtMs !== undefined || tenant.suspendedAtMs !== undefined) return false;
  return tenant.expiresAtMs === undefined || tenant.expiresAtMs > Date.now();
}

function isSame(one: Json | undefined, other: Json): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}

function mapPage({ read, mapping, original }: Reading, body: string) {
  const items = read(body);
  const [only] = items;
  if (items.length === 1 && only?.kind === "refused")
    throw new OutboundError(`the answer cannot be read: ${only.error.message}`);
  return deliveryOf(mapItems(mapping, items, { original }));
}
