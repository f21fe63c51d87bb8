import type { Json } from "@cairn/event";
import type { Source, Tenant } from "@cairn/ledger";
import type { ServerContext } from "../context.ts";
import type { Collected, Collector, CollectorParts } from "./collector.ts";
import { createOutbound } from "./https-outbound.ts";
import { kindOf, POLLED_KINDS, type Reading } from "./kinds.ts";
import { Listeners } from "./listener/listeners.ts";
import { mapInTurns } from "./map-body.ts";
import { type Outbound, OutboundError } from "./outbound.ts";
import { type NextLook, PollLoop } from "./poll-loop.ts";
import { receive } from "./receive.ts";
import { type SourceState, type Tally, withDelivery, withProblem } from "./source-state.ts";
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
  readonly listeners: Listeners;
  private readonly context: ServerContext;
  private readonly outbound: Outbound;
  private readonly loop: PollLoop;
  private readonly readings = new Map<string, Made<Reading>>();
  private readonly collectors = new Map<string, Made<Collector>>();

  constructor(context: ServerContext) {
    const { side, threads, log, config, lately } = context;
    this.context = context;
    this.states = new SourceStates({ side, writer: threads.writer, log });
    const { states } = this;
    this.listeners = new Listeners(context, { states, isLive: (tenantNo) => isLive(lately.tenant(tenantNo)) });
    this.outbound = createOutbound(config.allowInsecureSources ? "any" : "internet");
    this.loop = new PollLoop({
      ids: () => side.access.sources.enabledIds(POLLED_KINDS),
      poll: (id, signal) => this.poll(id, signal),
      onFailure: (id, error, failures) => this.failed(id, error, failures),
    });
  }

  start(): void {
    this.loop.start();
    this.listeners.start();
  }

  /** Ends looks that are under way, has what listeners were sent recorded, and writes what is known. */
  async stop(): Promise<void> {
    await Promise.all([this.loop.stop(), this.listeners.stop()]);
    await this.states.stop();
  }

  /** A source was made, changed or removed: what rested on it is old. Settles once it listens, or it is known why not. */
  async changed(id: string): Promise<void> {
    this.readings.delete(id);
    this.collectors.delete(id);
    if (this.context.side.access.sources.find(id) === undefined) this.states.forget(id);
    this.loop.refresh(id);
    await this.listeners.changed(id);
  }

  /** A tenant was suspended, resumed or deleted: who listens for it is different now. */
  tenantChanged(): void {
    this.listeners.refresh();
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

  /**
   * Looks once without recording anything, for whoever wants to know whether it works. Files are looked at as if they had
   * stood still for long. @throws OutboundError
   */
  async tryOut(source: Source, signal: AbortSignal): Promise<Collected> {
    const kind = kindOf(source.kind);
    if (kind?.arrives !== "folder" || kind.collector === undefined) return this.look(source, signal);
    // One of its own: what it learns of the files is not for the one at work.
    const collect = kind.collector(source.settings, this.partsOf(source));
    const nowMs = Date.now();
    const parts = { lastPolledAtMs: undefined, signal };
    const first = await collect({ ...parts, nowMs, checkpoint: this.states.get(source.id).checkpoint });
    if (first.problem !== undefined) throw new OutboundError(first.problem);
    const second = await collect({ ...parts, nowMs: nowMs + LONG_MS, checkpoint: first.state });
    const refused = [...(first.refused ?? []), ...(second.refused ?? [])];
    return { ...second, refused, events: [...first.events, ...second.events] };
  }

  private async poll(id: string, signal: AbortSignal): Promise<NextLook | undefined> {
    const { side, lately } = this.context;
    const source = side.access.sources.find(id);
    if (source?.isEnabled !== true) return undefined;
    if (!isLive(lately.tenant(source.tenantNo))) return { nextInMs: SUSPENDED_MS, pauseMs: 0 };
    const collected = await this.look(source, signal);
    const { nextInMs, pauseMs = 0, problem } = collected;
    const tally = await receive(this.context, source, collected);
    const nowMs = Date.now();
    const after = (state: SourceState): SourceState => {
      const found =
        problem === undefined ? undefined : { message: problem, attempts: (state.problem?.attempts ?? 0) + 1 };
      const next = withProblem(withDelivery(state, tally, nowMs), found);
      return { ...next, checkpoint: collected.state, lastPolledAtMs: nowMs, warnings: collected.warnings };
    };
    const before = this.states.get(id);
    if (isSame(before.checkpoint, collected.state)) {
      // Nothing is lost with a checkpoint that says the same as before, and nothing gained by asking at once again.
      if (isNews(before, { tally, collected, nowMs })) this.states.update(source, after);
      return { nextInMs: nextInMs === 0 ? STANDSTILL_MS : nextInMs, pauseMs };
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
    this.states.update(source, (state) => withProblem(state, { message, attempts }));
  }

  private collectorOf(source: Source): Collector {
    const known = this.collectors.get(source.id);
    if (known?.version === source.version) return known.value;
    const make = kindOf(source.kind)?.collector;
    if (make === undefined) throw new Error("BUG: a source that cannot be polled");
    const value = make(source.settings, this.partsOf(source));
    this.collectors.set(source.id, { version: source.version, value });
    return value;
  }

  private partsOf(source: Source): CollectorParts {
    const { config, lately } = this.context;
    const tenant = lately.tenant(source.tenantNo);
    const reading = this.readingOf(source);
    const parts = { outbound: this.outbound, secrets: source.secrets, map: (body: string) => mapPage(reading, body) };
    if (config.watchDir === undefined || tenant === undefined) return parts;
    return { ...parts, place: { watchDir: config.watchDir, projectId: tenant.projectId, tenantId: tenant.id } };
  }
}

/** Longer than any file has to stand still. */
const LONG_MS = 24 * 3_600_000 - 1;
/** How long after a look at a suspended tenant to see whether it still is. */
const SUSPENDED_MS = 60_000;
/** How long to wait when a look has led nowhere, whatever the collector says. */
const STANDSTILL_MS = 5_000;

function isLive(tenant: Tenant | undefined): boolean {
  if (tenant === undefined || tenant.deletedAtMs !== undefined || tenant.suspendedAtMs !== undefined) return false;
  return tenant.expiresAtMs === undefined || tenant.expiresAtMs > Date.now();
}

/** For so long it is not worth a write that a source was looked at again and there was nothing. */
const UNCHANGED_MS = 30_000;

/** Whether a look that led nowhere has anything to say all the same. */
function isNews(
  { problem, warnings, lastPolledAtMs = 0 }: SourceState,
  { tally, collected, nowMs }: { readonly tally: Tally; readonly collected: Collected; readonly nowMs: number },
): boolean {
  if (tally.counts.received > 0 || nowMs - lastPolledAtMs >= UNCHANGED_MS) return true;
  return problem?.message !== collected.problem || JSON.stringify(warnings) !== JSON.stringify(collected.warnings);
}

function isSame(one: Json | undefined, other: Json): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}

async function mapPage(reading: Reading, body: string) {
  const items = reading.read(body, {});
  const [only] = items;
  if (items.length === 1 && only?.kind === "refused")
    throw new OutboundError(`the answer cannot be read: ${only.error.message}`);
  return mapInTurns(reading, items);
}
