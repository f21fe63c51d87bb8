import { type CairnEvent, findPeople, formatTime, type PersonMention, type Receipt, splitEvent } from "@cairn/event";
import type { EventCompiler } from "@cairn/event/door";
import {
  type CommitRequest,
  type CommitResult,
  compareEvents,
  type EventReader,
  eventOf,
  monthIdentifier,
  PeopleCache,
  type PreparableEvent,
  type PreparedBatch,
  prepareBatches,
  receiptOf,
  type Suspect,
  type TenantPeople,
} from "@cairn/ledger";
import type { HashKernel } from "@cairn/merkle";
import type { Client } from "../threads/rpc.ts";
import type { WriterApi } from "../threads/writer-api.ts";
import type { AdmittedEvent, TenantContext } from "./admitted-event.ts";
import { FreshReceipt } from "./fresh-receipt.ts";
import { isSameIdentity, repeatOf, settleRepeat } from "./repeats.ts";

/** How recording one event ended. */
export type Outcome =
  | { readonly status: "created" | "duplicate" | "conflict"; readonly receipt: Receipt }
  /** Not recorded, because all should be or none; `conflict`: it itself disagrees with an earlier event of the request. */
  | { readonly status: "held"; readonly why?: "conflict" };

/** Records admitted events: resolves people, commits to values, hands batches to the writer, settles suspicions. */
export class Pipeline {
  private readonly people = new PeopleCache();
  private readonly writer: Client<WriterApi>;
  private readonly reader: EventReader;
  private readonly kernel: HashKernel;
  private readonly compiler: EventCompiler | undefined;

  constructor(parts: {
    readonly writer: Client<WriterApi>;
    readonly reader: EventReader;
    readonly kernel: HashKernel;
    readonly compiler: EventCompiler | undefined;
  }) {
    this.writer = parts.writer;
    this.reader = parts.reader;
    this.kernel = parts.kernel;
    this.compiler = parts.compiler;
  }

  /** Forgets resolved people and decoded bodies: a subject was erased. */
  forgetPeople(): void {
    this.people.clear();
    this.reader.forget();
  }

  /**
   * Records events, of one tenant in each list. Every outcome but `held` is durable when this returns. Whatever the number
   * of tenants, the writer is asked at most twice: who the people are, and to commit.
   */
  async record(
    tenants: readonly (readonly AdmittedEvent[])[],
    options: { readonly mode: CommitRequest["mode"]; readonly onUnits: (tenant: number, units: number) => void },
  ): Promise<Outcome[][]> {
    const events = await this.preparable(tenants);
    const batches = prepareBatches(
      tenants.map(([first], i) => {
        const { tenant, origin, fingerprintKey } = first!.context;
        return { tenantNo: tenant.no, origin, fingerprintKey, events: events[i]! };
      }),
      this.kernel,
    );
    for (const [i, { units }] of batches.entries()) options.onUnits(i, units);
    const { mode } = options;
    const results = await this.commitFirst(tenants, { batches, mode });
    const outcomes = batches.map((batch, i) => this.outcomes(batch, results[i]!));
    await allDone(
      results.map(async (first, i) => {
        if (first.suspects.length === 0) return;
        await this.settle({ admitted: tenants[i]!, batch: batches[i]!, first, outcomes: outcomes[i]!, mode });
      }),
    );
    return outcomes;
  }

  private async commitFirst(
    tenants: readonly (readonly AdmittedEvent[])[],
    { batches, mode }: { readonly batches: readonly PreparedBatch[]; readonly mode: CommitRequest["mode"] },
  ): Promise<CommitResult[]> {
    const fresh = newActions(tenants);
    const seen = fresh.map(({ context, actions }) => ({ tenantNo: context.tenant.no, actions }));
    const requests = batches.map((batch): CommitRequest => ({ batch, mode }));
    try {
      const results = await this.writer.call("commit", { requests, seen });
      for (const { context, actions } of fresh) for (const action of actions) context.seenActions.add(action);
      return results;
    } catch (error) {
      // What was learnt from these events takes their actions for known.
      if (seen.length > 0) this.compiler?.forget();
      throw error;
    }
  }

  private outcomes(batch: PreparedBatch, result: CommitResult): Outcome[] {
    const receivedAt = formatTime(result.receivedAtMs);
    return Array.from({ length: batch.count }, (_, i): Outcome => {
      const sequence = result.sequences[i]!;
      if (sequence === -1) return { status: "held" };
      const place = { ledger: result.ledger, sequence, receivedAt };
      return { status: "created", receipt: new FreshReceipt(place, { roots: batch.eventRoots, position: i }) };
    });
  }

  /** Compares suspects with what is stored; what turns out to be new is committed after all. */
  private async settle(work: {
    readonly admitted: readonly AdmittedEvent[];
    readonly batch: PreparedBatch;
    readonly first: CommitResult;
    readonly outcomes: Outcome[];
    readonly mode: CommitRequest["mode"];
  }): Promise<void> {
    const { admitted, batch, first, outcomes, mode } = work;
    const distinct: number[] = [];
    const inBatch: { readonly position: number; readonly earlier: number }[] = [];
    for (const suspect of first.suspects) {
      const settled = this.compare(admitted[suspect.position]!, suspect);
      if (settled !== undefined) outcomes[suspect.position] = settled;
      else if (suspect.earlier === undefined) distinct.push(suspect.position);
      else inBatch.push({ position: suspect.position, earlier: suspect.earlier });
    }
    for (const { position, earlier } of inBatch) {
      if (!isSameIdentity(admitted[position]!, admitted[earlier]!)) distinct.push(position);
    }
    const torn = inBatch.filter(({ position, earlier }) => repeatOf(admitted, position, earlier) === "conflict");
    const hasConflict = torn.length > 0 || outcomes.some((outcome) => outcome.status === "conflict");
    const mustStop = mode === "all_or_nothing" && hasConflict;
    const done = new Set(outcomes.flatMap((outcome, i) => (outcome.status === "held" ? [] : [i])));
    const isAllNew = mode === "all_or_nothing" && !mustStop;
    if (!mustStop && (distinct.length > 0 || isAllNew)) {
      const repeats = inBatch.filter(({ position }) => !distinct.includes(position)).map(({ position }) => position);
      const request: CommitRequest = { batch, mode: "each", duplicates: [...done, ...repeats], distinct };
      const second = (await this.writer.call("commit", { requests: [request] }))[0]!;
      for (const [i, outcome] of this.outcomes(batch, second).entries())
        if (outcome.status !== "held") outcomes[i] = outcome;
    }
    if (mustStop) for (const { position } of torn) outcomes[position] = { status: "held", why: "conflict" };
    else for (const { position, earlier } of inBatch) settleRepeat(outcomes, { admitted, position, earlier });
  }

  private compare({ context, event, defaulted }: AdmittedEvent, { places }: Suspect): Outcome | undefined {
    for (const { ledger, sequence } of places) {
      const stored = this.reader.event(context.tenant.no, ledger, sequence);
      if (stored === undefined) continue;
      // Of an erased person's event only the identity is left to compare.
      if (stored.parts.some((part) => part.value === undefined)) {
        const { id, source } = eventOf(stored);
        if (id === event.id && source === event.source) return { status: "duplicate", receipt: receiptOf(stored) };
        continue;
      }
      const comparison = compareEvents({ event, defaulted }, eventOf(stored));
      if (comparison !== "other_identity") return { status: comparison, receipt: receiptOf(stored) };
    }
    return undefined;
  }

  /** What is to be prepared of each event: its messages where it was compiled, else the event taken apart. */
  private async preparable(tenants: readonly (readonly AdmittedEvent[])[]): Promise<PreparableEvent[][]> {
    const epoch = this.compiler?.epoch;
    // Who was known by what reference may have changed since: then the event is taken apart after all.
    const isLeft = ({ compiled }: AdmittedEvent): boolean => compiled === undefined || compiled.body.epoch !== epoch;
    const left = tenants.map((admitted): Mentioning[] =>
      admitted.filter(isLeft).map((one) => {
        const people = findPeople(one.event, one.context.personTargetTypes);
        return { admitted: one, people, refs: [], monthRef: "" };
      }),
    );
    const hasCompiled = left.some(({ length }, i) => length < tenants[i]!.length);
    await this.resolveMissing(left);
    // The directory was asked meanwhile: whatever was compiled before it changed is stale now.
    if (hasCompiled && this.compiler?.epoch !== epoch) return this.preparable(tenants);
    return tenants.map((admitted, i) => {
      const split = left[i]!.map((one) => this.split(one));
      if (split.length === admitted.length) return split;
      let next = 0;
      return admitted.map((one) => (isLeft(one) ? split[next++]! : one.compiled!));
    });
  }

  private split({ admitted, people, refs, monthRef }: Mentioning): PreparableEvent {
    const { context, event, personalPointers, unknown } = admitted;
    const split = splitEvent(event, people, {
      resolve: (person) => refs[people.indexOf(person)]!,
      monthRef,
      personalPointers,
    });
    if (unknown !== undefined && unknown.epoch === this.compiler?.epoch) {
      const { personTargetTypes, tenant } = context;
      const resolve = (person: Pick<PersonMention, "identifiers">) => this.people.get(tenant.no, person);
      const action = actionFacts(context, event);
      const lesson = { event, split, people, personTargetTypes, resolve, monthRef, action, tenantNo: tenant.no };
      this.compiler.learn(unknown.unknown, unknown.text, lesson);
    }
    return split;
  }

  /**
   * Finds out by what references people are known, and asks the writer for those that this thread does not know. Until it
   * knows them all at one time: it may be told to forget meanwhile.
   */
  private async resolveMissing(tenants: readonly (readonly Mentioning[])[]): Promise<void> {
    for (;;) {
      const wanted = tenants.flatMap((events) => this.missingOf(events));
      if (wanted.length === 0) return;
      const refs = await this.writer.call("resolvePeople", wanted);
      for (const [i, { tenantNo, people }] of wanted.entries())
        for (const [j, identifiers] of people.entries()) this.people.set(tenantNo, identifiers, refs[i]![j]!);
    }
  }

  /** Notes the references that are known, and gives the people of a tenant that are not. */
  private missingOf(events: readonly Mentioning[]): TenantPeople[] {
    const missing = new Map<string, PersonMention["identifiers"]>();
    let tenantNo = 0;
    const find = (identifiers: PersonMention["identifiers"]): string => {
      const ref = this.people.get(tenantNo, { identifiers });
      if (ref === undefined) missing.set(JSON.stringify(identifiers), identifiers);
      return ref ?? "";
    };
    for (const mentioning of events) {
      const { admitted, people, refs } = mentioning;
      tenantNo = admitted.context.tenant.no;
      for (let i = 0; i < people.length; i++) refs[i] = find(people[i]!.identifiers);
      if (needsMonth(people)) mentioning.monthRef = find([monthIdentifier(admitted.event.occurred_at)]);
    }
    return missing.size === 0 ? [] : [{ tenantNo, people: [...missing.values()] }];
  }
}

/** An event that is taken apart, and the people in it. */
interface Mentioning {
  readonly admitted: AdmittedEvent;
  readonly people: readonly PersonMention[];
  /** Reference of each person, and of the month where it is needed. */
  readonly refs: string[];
  monthRef: string;
}

/**
 * Waits for all, and only then fails if one did: what a request holds is given back when it is answered, and must not be
 * in use then.
 */
async function allDone(work: readonly Promise<void>[]): Promise<void> {
  for (const result of await Promise.allSettled(work)) if (result.status === "rejected") throw result.reason;
}

interface NewActions {
  readonly context: TenantContext;
  readonly actions: readonly string[];
}

/** Actions that this thread meets for the first time, tenant by tenant. */
function newActions(tenants: readonly (readonly AdmittedEvent[])[]): NewActions[] {
  return tenants.flatMap((admitted): NewActions[] => {
    const { context } = admitted[0]!;
    const { seenActions } = context;
    const fresh = new Set<string>();
    // The compiler knows only actions that were seen.
    for (const one of admitted)
      if (one.compiled === undefined && !seenActions.has(one.event.action)) fresh.add(one.event.action);
    return fresh.size === 0 ? [] : [{ context, actions: [...fresh] }];
  });
}

/** What the catalog says of an event's action: no more than defaults, or something to be looked at each time. */
function actionFacts({ catalog }: TenantContext, { action }: CairnEvent) {
  const entry = catalog.get(action);
  if (entry === undefined) return { isPlain: true };
  const { verb, category, personal = [] } = entry.definition;
  return {
    isPlain: entry.fits === undefined && personal.length === 0,
    ...(verb === undefined ? {} : { verb }),
    ...(category === undefined ? {} : { category }),
  };
}

/** Whether something of the event may fall to the month: an address without a person, or personal text of nobody known. */
function needsMonth(people: readonly PersonMention[]): boolean {
  return people[0]?.pointer !== "/actor";
}
