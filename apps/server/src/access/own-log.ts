import { randomUUIDv7 } from "node:crypto";
import { CairnError } from "@cairn/event";
import type { AccessChange, OwnEvent, ReaderSide, Registry } from "@cairn/ledger";
import type { FastifyBaseLogger } from "fastify";
import type { IngestAnswer, IngestApi } from "../ingest/ingest-api.ts";
import { OWN_SOURCE } from "../ingest/own-source.ts";
import type { Client } from "../threads/rpc.ts";
import type { WriterApi } from "../threads/writer-api.ts";
import { type CategoryKind, categoryFor } from "./own-category.ts";

/** Events recorded in one go. */
const BATCH_EVENTS = 200;
/** How often what waits is looked at. */
const LOOK_MS = 5_000;

/** An event of the server itself, about to be recorded. */
export interface NewOwnEvent {
  readonly tenantNo: number;
  readonly category: CategoryKind;
  /** As `POST /v1/events` takes it, without category, time and source. */
  readonly event: Readonly<Record<string, unknown>> & { readonly action: string };
  /** Absent: a new one. The same id again is recorded once. */
  readonly id?: string;
  readonly dueAtMs?: number;
  readonly occurredAtMs?: number;
}

/** What the server's own events are recorded with. */
export interface OwnLogParts {
  readonly side: Pick<ReaderSide, "access" | "registry">;
  readonly writer: Pick<Client<WriterApi>, "call">;
  readonly ingest: Pick<Client<IngestApi>, "call">;
  readonly log?: FastifyBaseLogger;
}

/**
 * Changes who may do what, and records it: the change and its event are written in one transaction, the event then goes the
 * way of all events. A crash in between leaves the event waiting, and it is recorded after the next start.
 */
export class OwnLog {
  private readonly parts: OwnLogParts;
  private timer: NodeJS.Timeout | undefined;
  private flushing: Promise<void> = Promise.resolve();
  private readonly listeners: (() => void)[] = [];

  constructor(parts: OwnLogParts) {
    this.parts = parts;
  }

  /** Records what an earlier run left, and from then on what falls due. */
  start(): void {
    this.timer = setInterval(() => void this.flush(), LOOK_MS);
    this.timer.unref();
    void this.flush();
  }

  /** Records what is due, and stops. */
  async stop(): Promise<void> {
    clearInterval(this.timer);
    await this.flush();
  }

  /** Calls back after each change: what was remembered of who may do what is old. */
  onChange(listener: () => void): void {
    this.listeners.push(listener);
  }

  /**
   * Makes changes and records them.
   * @throws CairnError state_conflict when somebody else was first; nothing is changed or recorded then
   */
  async change(changes: readonly AccessChange[], events: readonly NewOwnEvent[]): Promise<void> {
    const own = events.map(
      (event): AccessChange => ({ kind: "own_event", event: completeOwnEvent(this.parts.side.registry, event) }),
    );
    const isDone = await this.parts.writer.call("changeAccess", { changes: [...changes, ...own] });
    for (const listener of this.listeners) listener();
    if (!isDone)
      throw new CairnError("state_conflict", "somebody else changed it meanwhile, or the name is taken; read it again");
    if (events.length > 0) await this.flush();
  }

  /** Notes what changes nobody's access and is worth no event: when something was used. Nobody waits for it. */
  note(changes: readonly AccessChange[]): void {
    this.parts.writer.call("changeAccess", { changes }).catch((error: unknown) => this.failed(error));
  }

  /** Keeps an event until it is due; the same id again takes its place. Settles once it would survive a crash. */
  async put(event: NewOwnEvent): Promise<void> {
    const whole = completeOwnEvent(this.parts.side.registry, event);
    await this.parts.writer.call("changeAccess", { changes: [{ kind: "own_event", event: whole }] });
  }

  /** Records events that go with no change. */
  record(events: readonly NewOwnEvent[]): Promise<void> {
    return this.change([], events);
  }

  /** Records everything that is due. What cannot be recorded now stays. */
  flush(): Promise<void> {
    this.flushing = this.flushing.then(() => this.flushNow()).catch((error: unknown) => this.failed(error));
    return this.flushing;
  }

  private failed(error: unknown): void {
    this.parts.log?.error({ err: error }, "own events could not be recorded; they are kept and tried again");
  }

  private async flushNow(): Promise<void> {
    const { side } = this.parts;
    for (;;) {
      const due = side.access.ownEvents.due(Date.now(), BATCH_EVENTS);
      if (due.length === 0) return;
      for (const [tenantNo, events] of Map.groupBy(due, (each) => each.tenantNo)) await this.send(tenantNo, events);
      const done = due.map(({ id }): AccessChange => ({ kind: "own_event_recorded", id }));
      await this.parts.writer.call("changeAccess", { changes: done });
      if (due.length < BATCH_EVENTS) return;
    }
  }

  private async send(tenantNo: number, events: readonly OwnEvent[]): Promise<void> {
    const tenant = this.parts.side.registry.tenant(tenantNo);
    if (tenant === undefined) return;
    const answer = await this.parts.ingest.call("ingest", {
      body: Buffer.from(JSON.stringify(events.map(({ event }) => event))),
      encoding: "identity",
      format: "json",
      keyId: OWN_SOURCE,
      projectNo: tenant.projectNo,
      tenantNo,
      isProjectKey: false,
      canCreateTenants: false,
      atomic: false,
      idempotencyKey: undefined,
      wantsPlaces: false,
      defaultSource: OWN_SOURCE,
    });
    const refused = refusalsOf(answer);
    // Never of a right program; and one that can never be recorded must not hold up all others.
    if (refused.length > 0) this.parts.log?.error({ refused }, "BUG: own events were refused");
  }
}

/** Gives an event of the server what all of them have. */
export function completeOwnEvent(
  registry: Registry,
  { tenantNo, category, event, id, dueAtMs, occurredAtMs }: NewOwnEvent,
): OwnEvent {
  const nowMs = Date.now();
  const eventId = id ?? randomUUIDv7();
  return {
    id: eventId,
    tenantNo,
    dueAtMs: dueAtMs ?? nowMs,
    event: {
      outcome: { result: "success" },
      ...event,
      id: eventId,
      category: categoryFor(registry, { tenantNo, category }),
      occurred_at: new Date(occurredAtMs ?? nowMs).toISOString(),
      source: OWN_SOURCE,
    },
  };
}

function refusalsOf(answer: IngestAnswer): unknown[] {
  if (answer.status === 200) return [];
  const { results } = JSON.parse(Buffer.from(answer.body).toString("utf8")) as { results: { error?: unknown }[] };
  return results.flatMap(({ error }) => (error === undefined ? [] : [error]));
}
