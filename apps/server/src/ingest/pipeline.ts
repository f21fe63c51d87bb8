import {
  type CairnEvent,
  type EventCompiler,
  findPeople,
  formatTime,
  type PersonMention,
  type Receipt,
  splitEvent,
} from "@cairn/event";
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
  prepareBatch,
  receiptOf,
  type Suspect,
} from "@cairn/ledger";
import type { HashKernel } from "@cairn/merkle";
import type { Client } from "../threads/rpc.ts";
import type { WriterApi } from "../threads/writer-api.ts";
import type { AdmittedEvent, TenantContext } from "./admitted-event.ts";
import { FreshReceipt } from "./fresh-receipt.ts";

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

  /** Records events of one tenant. Every outcome but `held` is durable when this returns. */
  async record(
    admitted: readonly AdmittedEvent[],
    options: { readonly mode: CommitRequest["mode"]; readonly onUnits: (units: number) => void },
  ): Promise<Outcome[]> {
    const { context } = admitted[0]!;
    const batch = prepareBatch(await this.preparable(admitted), {
      tenantNo: context.tenant.no,
      origin: context.origin,
      fingerprintKey: context.fingerprintKey,
      kernel: this.kernel,
    });
    options.onUnits(batch.units);
    this.rememberActions(context, admitted);
    const first = await this.commit({ batch, mode: options.mode });
    const outcomes = this.outcomes(batch, first);
    if (first.suspects.length === 0) return outcomes;
    return this.settle({ admitted, batch, first, outcomes, mode: options.mode });
  }

  private commit(request: CommitRequest): Promise<CommitResult> {
    return this.writer.call("commit", request);
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
  }): Promise<Outcome[]> {
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
      const second = await this.commit({ batch, mode: "each", duplicates: [...done, ...repeats], distinct });
      for (const [i, outcome] of this.outcomes(batch, second).entries())
        if (outcome.status !== "held") outcomes[i] = outcome;
    }
    if (mustStop) for (const { position } of torn) outcomes[position] = { status: "held", why: "conflict" };
    else for (const { position, earlier } of inBatch) settleRepeat(outcomes, { admitted, position, earlier });
    return outcomes;
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
  private async preparable(admitted: readonly AdmittedEvent[]): Promise<PreparableEvent[]> {
    const events: PreparableEvent[] = [];
    const left: AdmittedEvent[] = [];
    const epoch = this.compiler?.epoch;
    for (let i = 0; i < admitted.length; i++) {
      const { compiled } = admitted[i]!;
      // Who was known by what reference may have changed since: then the event is taken apart after all.
      if (compiled !== undefined && compiled.body.epoch === epoch) events[i] = compiled;
      else left.push(admitted[i]!);
    }
    if (left.length === 0) return events;
    const split = await this.split(left);
    if (left.length === admitted.length) return split;
    // The directory was asked meanwhile: whatever was compiled before it changed is stale now.
    if (this.compiler?.epoch !== epoch) return this.preparable(admitted);
    for (let i = 0, next = 0; i < admitted.length; i++) events[i] ??= split[next++]!;
    return events;
  }

  private async split(admitted: readonly AdmittedEvent[]): Promise<PreparableEvent[]> {
    const { context } = admitted[0]!;
    const mentions = admitted.map(({ event }) => findPeople(event, context.personTargetTypes));
    await this.resolveMissing(context, admitted, mentions);
    const tenantNo = context.tenant.no;
    const resolve = (person: Pick<PersonMention, "identifiers">): string | undefined =>
      this.people.get(tenantNo, person);
    return admitted.map(({ event, personalPointers, unknown }, i) => {
      const people = mentions[i]!;
      const monthRef = needsMonth(event, people) ? resolve({ identifiers: [monthIdentifier(event.occurred_at)] })! : "";
      const split = splitEvent(event, people, { resolve: (person) => resolve(person)!, monthRef, personalPointers });
      if (unknown !== undefined && unknown.epoch === this.compiler?.epoch) {
        const { personTargetTypes } = context;
        const action = actionFacts(context, event);
        const lesson = { event, split, people, personTargetTypes, resolve, monthRef, action, tenantNo };
        this.compiler.learn(unknown.unknown, unknown.text, lesson);
      }
      return split;
    });
  }

  private async resolveMissing(
    context: TenantContext,
    admitted: readonly AdmittedEvent[],
    mentions: readonly (readonly PersonMention[])[],
  ): Promise<void> {
    const tenantNo = context.tenant.no;
    const missing = new Map<string, PersonMention["identifiers"]>();
    const want = (identifiers: PersonMention["identifiers"]): void => {
      if (this.people.get(tenantNo, { identifiers }) === undefined)
        missing.set(JSON.stringify(identifiers), identifiers);
    };
    for (const [i, people] of mentions.entries()) {
      for (const person of people) want(person.identifiers);
      const { event } = admitted[i]!;
      if (needsMonth(event, people)) want([monthIdentifier(event.occurred_at)]);
    }
    if (missing.size === 0) return;
    const people = [...missing.values()];
    const refs = await this.writer.call("resolvePeople", { tenantNo, people });
    for (const [i, identifiers] of people.entries()) this.people.set(tenantNo, identifiers, refs[i]!);
  }

  private rememberActions(context: TenantContext, admitted: readonly AdmittedEvent[]): void {
    const fresh = new Set<string>();
    // The compiler knows only actions that were seen.
    for (const one of admitted)
      if (one.compiled === undefined && !context.seenActions.has(one.event.action)) fresh.add(one.event.action);
    if (fresh.size === 0) return;
    for (const action of fresh) context.seenActions.add(action);
    this.writer.tell("seeActions", { tenantNo: context.tenant.no, actions: [...fresh] });
  }
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
function needsMonth(_event: CairnEvent, people: readonly PersonMention[]): boolean {
  return people[0]?.pointer !== "/actor";
}

function isSameIdentity(a: AdmittedEvent, b: AdmittedEvent): boolean {
  return a.event.id === b.event.id && a.event.source === b.event.source;
}

function settleRepeat(
  outcomes: Outcome[],
  at: { readonly admitted: readonly AdmittedEvent[]; readonly position: number; readonly earlier: number },
): void {
  const { admitted, position, earlier } = at;
  const first = outcomes[earlier]!;
  const status = repeatOf(admitted, position, earlier);
  if (first.status !== "held" && status !== undefined) outcomes[position] = { status, receipt: first.receipt };
}

/** What an event is to an earlier one of its request; undefined when they are two. */
function repeatOf(
  admitted: readonly AdmittedEvent[],
  position: number,
  earlier: number,
): "duplicate" | "conflict" | undefined {
  const [own, first] = [admitted[position]!, admitted[earlier]!];
  if (!isSameIdentity(own, first)) return undefined;
  const comparison = compareEvents({ event: own.event, defaulted: own.defaulted }, first.event);
  return comparison === "duplicate" ? "duplicate" : "conflict";
}
