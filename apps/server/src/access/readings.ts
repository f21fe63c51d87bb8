import type { RecordedEvent } from "@cairn/event";
import type { ApiKey, Registry, Tenant } from "@cairn/ledger";
import type { FastifyRequest } from "fastify";
import { OWN_SOURCE } from "../ingest/own-source.ts";
import { actorOf, contextOf, type OwnActor } from "./actor.ts";
import { Coalescer } from "./coalescer.ts";
import type { OwnLog } from "./own-log.ts";
import type { Principal } from "./principal.ts";

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
/** People's looks are counted for so long. */
const PEOPLE_MS = 15 * MINUTE_MS;

/** What somebody reads with one request. */
export type Reading = "search" | "facets" | "histogram" | "changes" | "event" | "proof" | "tiles" | "exports";

/** Where events stand that were read. */
export interface ReadPlace {
  readonly ledger: number;
  readonly sequence: number;
}

/** What somebody searched for: the query as the log may say it, and the stretch of time, RFC 3339 in UTC. */
export interface Searched {
  readonly query: string;
  readonly from?: string;
  readonly to?: string;
}

/** A look of a person: at a query's answers, or at one event. */
interface Look {
  readonly tenantNo: number;
  readonly action: "log.searched" | "log.event.viewed";
  readonly actor: OwnActor;
  readonly context: Readonly<Record<string, unknown>>;
  readonly about: Readonly<Record<string, unknown>>;
  readonly count: number;
  readonly lastMs: number;
}

/** What a key read within an hour. */
interface MachineReads {
  readonly tenantNo: number;
  readonly key: { readonly id: string; readonly name: string };
  readonly requests: Readonly<Partial<Record<Reading, number>>>;
  /** First and last sequence by ledger. */
  readonly sequences: Readonly<Record<string, readonly [first: number, last: number]>>;
  readonly lastMs: number;
}

/** Tokens for one viewer within an hour. */
interface Tokens {
  readonly tenantNo: number;
  readonly actor: OwnActor;
  readonly viewer: string;
  readonly count: number;
}

interface Refusals {
  readonly tenantNo: number;
  readonly key: { readonly id: string; readonly name: string };
  readonly address: string;
  readonly count: number;
}

/** Who reads, whose log, by which request. */
export interface Reader {
  readonly principal: Principal;
  readonly tenant: Tenant;
  readonly request: FastifyRequest;
}

/**
 * Records that the log was read, so that it cannot feed itself: of people one event per reader and query (or event) in a
 * quarter of an hour, of machines one per key and hour; looking at such a record makes no other.
 */
export class Readings {
  private readonly own: OwnLog;
  private readonly operatorName: string;
  private readonly registry: Registry;
  private readonly looks: Coalescer<Look>;
  private readonly machines: Coalescer<MachineReads>;
  private readonly refusals: Coalescer<Refusals>;
  private readonly tokens: Coalescer<Tokens>;
  private readonly lastUse = new Map<string, number>();

  constructor(parts: { readonly own: OwnLog; readonly operatorName: string; readonly registry: Registry }) {
    this.own = parts.own;
    this.operatorName = parts.operatorName;
    this.registry = parts.registry;
    this.looks = new Coalescer<Look>({ own: parts.own, add: addLooks, event: lookEvent });
    this.machines = new Coalescer<MachineReads>({ own: parts.own, add: addReads, event: readsEvent });
    this.tokens = new Coalescer<Tokens>({ own: parts.own, add: addTokens, event: tokensEvent });
    this.refusals = new Coalescer<Refusals>({ own: parts.own, add: addRefusals, event: refusalsEvent });
  }

  /** Records what is counted. */
  async stop(): Promise<void> {
    await Promise.all([this.looks.stop(), this.machines.stop(), this.refusals.stop(), this.tokens.stop()]);
  }

  /** Remembers that a key was used, once a minute at most. */
  keyUsed({ id, lastUsedAtMs }: ApiKey, nowMs: number): void {
    const lastMs = this.lastUse.get(id) ?? lastUsedAtMs ?? 0;
    if (nowMs - lastMs < MINUTE_MS) return;
    this.lastUse.set(id, nowMs);
    this.own.note([{ kind: "key_used", id, atMs: nowMs }]);
  }

  /**
   * A search of a person: `about` says what for. Settles once it is sure to be recorded. A list that is scrolled asks for one
   * stretch of time after the other: one query is one search, of the time from the earliest to the latest of them.
   */
  async searched(reader: Reader, about: () => Promise<Searched>): Promise<void> {
    if (isMachine(reader.principal)) return;
    const what = await about();
    await this.look(reader, { action: "log.searched", key: what.query, about: { details: what } });
  }

  /** One event, or its proof. Looking at a record of reading is not recorded. */
  async viewed(reader: Reader, event: RecordedEvent): Promise<void> {
    if (isMachine(reader.principal) || isRecordOfReading(event)) return;
    const { id, ledger, sequence, action } = event;
    const about = { targets: [{ type: "event", id }], details: { ledger, sequence, action } };
    await this.look(reader, { action: "log.event.viewed", key: `${ledger}.${sequence}`, about });
  }

  /** What a machine was given. */
  async given({ principal, tenant }: Reader, kind: Reading, places: readonly ReadPlace[]): Promise<void> {
    if (!isMachine(principal)) return;
    const nowMs = Date.now();
    const hour = Math.floor(nowMs / HOUR_MS);
    await this.machines.count(
      `${principal.id}/${tenant.no}/${hour}`,
      {
        tenantNo: tenant.no,
        key: { id: principal.id, name: principal.name ?? "" },
        requests: { [kind]: 1 },
        sequences: rangesOf(places),
        lastMs: nowMs,
      },
      (hour + 1) * HOUR_MS,
    );
  }

  /** A viewer token was made: one event for a viewer and hour. */
  async tokenMade({ principal, tenant }: Reader, viewer: string): Promise<void> {
    const hour = Math.floor(Date.now() / HOUR_MS);
    const made: Tokens = {
      tenantNo: tenant.no,
      actor: actorOf(principal, { tenantNo: tenant.no, operatorName: this.operatorName }),
      viewer,
      count: 1,
    };
    await this.tokens.count(`${principal.id}/${tenant.no}/${viewer}/${hour}`, made, (hour + 1) * HOUR_MS);
  }

  /** A key was tried from an address that it may not be used from. */
  refusedAddress(principal: Principal, address: string): void {
    const tenantNo = principal.tenantNo ?? this.anyTenantOf(principal.projectNo);
    if (tenantNo === undefined) return;
    const key = { id: principal.id, name: principal.name ?? "" };
    const hour = Math.floor(Date.now() / HOUR_MS);
    const refusal = { tenantNo, key, address, count: 1 };
    this.refusals.count(`${principal.id}/${address}/${hour}`, refusal, (hour + 1) * HOUR_MS).catch(() => undefined);
  }

  private anyTenantOf(projectNo: number): number | undefined {
    return this.registry.tenants().find((tenant) => tenant.projectNo === projectNo)?.no;
  }

  private async look(
    { principal, tenant, request }: Reader,
    at: Pick<Look, "action" | "about"> & { readonly key: string },
  ): Promise<void> {
    const nowMs = Date.now();
    const look: Look = {
      tenantNo: tenant.no,
      action: at.action,
      actor: actorOf(principal, { tenantNo: tenant.no, operatorName: this.operatorName }),
      context: contextOf(request, principal),
      about: at.about,
      count: 1,
      lastMs: nowMs,
    };
    const key = `${principal.kind}/${principal.id}/${tenant.no}/${at.action}/${at.key}`;
    await this.looks.count(key, look, nowMs + PEOPLE_MS);
  }
}

/** Tells whether an event records that the log was read. */
export function isRecordOfReading({ source, action }: Pick<RecordedEvent, "source" | "action">): boolean {
  return source === OWN_SOURCE && action.startsWith("log.");
}

function isMachine({ kind }: Principal): boolean {
  return kind === "key";
}

function addLooks(state: Look, more: Look): Look {
  const about =
    state.action === "log.searched" ? { details: widened(state.about.details, more.about.details) } : state.about;
  return { ...state, about, count: state.count + more.count, lastMs: more.lastMs };
}

/** The time that both lie in; without a bound where either has none. */
function widened(a: unknown, b: unknown): Searched {
  const [{ query, ...one }, other] = [a as Searched, b as Searched];
  const bound = (name: "from" | "to", isWider: (x: string, y: string) => boolean) => {
    const [x, y] = [one[name], other[name]];
    return x === undefined || y === undefined ? {} : { [name]: isWider(x, y) ? x : y };
  };
  // Texts of one form and zone sort as the times they mean.
  return { query, ...bound("from", (x, y) => x < y), ...bound("to", (x, y) => x > y) };
}

function lookEvent({ tenantNo, action, actor, context, about, count, lastMs }: Look) {
  const details = { ...(about.details as object), count, last_at: new Date(lastMs).toISOString() };
  const verb = action === "log.searched" ? "search" : "read";
  return { tenantNo, category: "reading", event: { action, verb, actor, context, ...about, details } } as const;
}

function addReads(state: MachineReads, more: MachineReads): MachineReads {
  const requests = { ...state.requests };
  for (const [kind, count] of Object.entries(more.requests) as [Reading, number][])
    requests[kind] = (requests[kind] ?? 0) + count;
  const sequences = { ...state.sequences };
  for (const [ledger, [first, last]] of Object.entries(more.sequences)) {
    const [low, high] = sequences[ledger] ?? [first, last];
    sequences[ledger] = [Math.min(low, first), Math.max(high, last)];
  }
  return { ...state, requests, sequences, lastMs: more.lastMs };
}

function readsEvent({ tenantNo, key, requests, sequences, lastMs }: MachineReads) {
  const ranges = Object.entries(sequences).map(([ledger, [first, last]]) => ({ ledger: Number(ledger), first, last }));
  return {
    tenantNo,
    category: "reading",
    event: {
      action: "log.read",
      verb: "read",
      actor: { type: "api", id: key.id, name: key.name },
      details: { requests, ranges, last_at: new Date(lastMs).toISOString() },
    },
  } as const;
}

function addTokens(state: Tokens, more: Tokens): Tokens {
  return { ...state, count: state.count + more.count };
}

function tokensEvent({ tenantNo, actor, viewer, count }: Tokens) {
  const targets = [{ type: "user", id: viewer }];
  return {
    tenantNo,
    category: "keys",
    event: { action: "viewer_token.created", actor, targets, details: { count } },
  } as const;
}

function addRefusals(state: Refusals, more: Refusals): Refusals {
  return { ...state, count: state.count + more.count };
}

function refusalsEvent({ tenantNo, key, address, count }: Refusals) {
  return {
    tenantNo,
    category: "keys",
    event: {
      action: "api_key.address_refused",
      actor: { type: "api", id: key.id, name: key.name },
      targets: [{ type: "api_key", id: key.id, name: key.name }],
      outcome: { result: "denied" },
      context: { ip: address },
      details: { count },
    },
  } as const;
}

function rangesOf(places: readonly ReadPlace[]): Record<string, readonly [number, number]> {
  const ranges: Record<string, readonly [number, number]> = {};
  for (const { ledger, sequence } of places) {
    const [first, last] = ranges[ledger] ?? [sequence, sequence];
    ranges[ledger] = [Math.min(first, sequence), Math.max(last, sequence)];
  }
  return ranges;
}
