import { valueAt } from "../json/pointer.ts";
import type { CairnEvent, EventActor, EventContext, EventPrincipal, EventTarget, Json } from "../model/event.ts";
import { type CutSink, cutJson, cutText, orderValues, type PersonalValue } from "./cut.ts";
import type { PersonMention } from "./people.ts";
import { removeAt } from "./remove.ts";

/**
 * A personal value that stood inside free text and was cut out of it.
 * In the core its place is held by the marker `{<ref>}`; reading puts the value back byte for byte.
 */
export interface Cut {
  /** JSON Pointer of the core string that holds the marker. */
  readonly pointer: string;
  /** Offset of the marker in that string, in UTF-16 code units, before any value is put back. */
  readonly offset: number;
  /** What stood there. */
  readonly value: string;
}

/** What one event says about one person: the content of that person's unit. */
export interface SubjectPart {
  /** `sub_…`; for a person nobody knows, the tenant's reference of the month. */
  readonly ref: string;
  /** JSON Pointer in the event → the value that belongs there. */
  readonly fields: Readonly<Record<string, Json>>;
  readonly cuts: readonly Cut[];
}

/**
 * An event taken apart by whose data it is. `core` holds references instead of people and is what the index shows;
 * the parts are sealed under each person's key.
 */
export interface SplitEvent {
  readonly core: CairnEvent;
  readonly parts: readonly SubjectPart[];
  /** Values that are personal to several people at once: readable only while every one of them is. */
  readonly joint?: SubjectPart;
}

/** `ref` of the part that needs every subject's key. */
export const JOINT_REF = "joint";

export interface SplitOptions {
  /** Gives the subject reference of a person; the same person always has the same one. */
  readonly resolve: (person: PersonMention) => string;
  /** The tenant's reference of the month, owner of addresses and agents of events without a known person. */
  readonly monthRef: string;
  /** JSON Pointers of values that the action's catalog entry, or the project, declares personal. */
  readonly personalPointers: readonly string[];
}

/** Where an actor's own address, agent and place stand. */
const ACTOR_CONTEXT = ["ip", "user_agent", "location"] as const;

/** Takes an event apart. {@link joinEvent} is the inverse. */
export function splitEvent(event: CairnEvent, people: readonly PersonMention[], options: SplitOptions): SplitEvent {
  const collector = new PartCollector(options.monthRef);
  const refs = new Map<string, string>();
  const values: PersonalValue[] = [];
  for (const person of people) {
    const ref = options.resolve(person);
    refs.set(person.pointer, ref);
    for (const pointer in person.fields) {
      const text = person.fields[pointer]!;
      collector.field(ref, pointer, text);
      values.push({ text, ref, isIdentity: true });
    }
  }
  const contextOwner = refs.get("/actor") ?? options.monthRef;
  const context = splitContext(event.context, contextOwner, collector, values);
  const core = coreOf(event, refs, context);
  // Parents first: what a parent took along is not looked for again.
  for (const pointer of options.personalPointers.toSorted((a, b) => a.length - b.length)) {
    const value = valueAt(core, pointer);
    if (value === undefined) continue;
    collector.moveJointly(pointer, value);
    removeAt(core, pointer);
  }
  cutFreeText(core, orderValues(values), collector);
  return collector.finish(core);
}

type MutableEvent = { -readonly [K in keyof CairnEvent]: CairnEvent[K] };

/** Collects the parts of one event; lives for one call. */
class PartCollector implements CutSink {
  private readonly parts = new Map<string, { ref: string; fields: Record<string, Json>; cuts: Cut[] }>();
  private joint: Record<string, Json> | undefined;
  private readonly monthRef: string;

  constructor(monthRef: string) {
    this.monthRef = monthRef;
  }

  field(ref: string, pointer: string, value: Json): void {
    this.part(ref).fields[pointer] = value;
  }

  cut(ref: string, pointer: string, offset: number, value: string): void {
    this.part(ref).cuts.push({ pointer, offset, value });
  }

  move(refs: readonly string[], pointer: string, value: Json): void {
    if (refs.length === 1) this.field(refs[0]!, pointer, value);
    else this.moveJointly(pointer, value);
  }

  moveJointly(pointer: string, value: Json): void {
    this.joint ??= {};
    this.joint[pointer] = value;
  }

  finish(core: CairnEvent): SplitEvent {
    if (this.joint === undefined) return { core, parts: [...this.parts.values()] };
    const people = [...this.parts.keys()].filter((ref) => ref !== this.monthRef);
    if (people.length > 1) {
      return { core, parts: [...this.parts.values()], joint: { ref: JOINT_REF, fields: this.joint, cuts: [] } };
    }
    // Of one person alone: it is that person's data and needs no second lock.
    Object.assign(this.part(people[0] ?? this.monthRef).fields, this.joint);
    return { core, parts: [...this.parts.values()] };
  }

  private part(ref: string): { ref: string; fields: Record<string, Json>; cuts: Cut[] } {
    let part = this.parts.get(ref);
    if (part === undefined) {
      part = { ref, fields: {}, cuts: [] };
      this.parts.set(ref, part);
    }
    return part;
  }
}

function splitContext(
  context: EventContext | undefined,
  owner: string,
  collector: PartCollector,
  values: PersonalValue[],
): EventContext | undefined {
  if (context === undefined) return undefined;
  if (context.ip === undefined && context.user_agent === undefined && context.location === undefined) return context;
  for (const key of ACTOR_CONTEXT) {
    const text = context[key];
    if (text === undefined) continue;
    collector.field(owner, `/context/${key}`, text);
    values.push({ text, ref: owner, isIdentity: false });
  }
  const { ip: _ip, user_agent: _agent, location: _location, ...rest } = context;
  for (const _key in rest) return rest;
  return undefined;
}

function coreOf(event: CairnEvent, refs: ReadonlyMap<string, string>, context: EventContext | undefined): MutableEvent {
  const core: MutableEvent = { ...event, actor: coreActor(event.actor, refs) };
  if (context === undefined) delete core.context;
  else core.context = context;
  if (core.targets !== undefined) {
    core.targets = core.targets.map((target, i): EventTarget => {
      const ref = refs.get(`/targets/${i}`);
      return ref === undefined ? target : { type: target.type, ref };
    });
  }
  return core;
}

function coreActor(actor: EventActor, refs: ReadonlyMap<string, string>): EventActor {
  const behindRef = refs.get("/actor/on_behalf_of");
  const behind: EventPrincipal | undefined =
    actor.on_behalf_of === undefined || behindRef === undefined
      ? actor.on_behalf_of
      : { type: actor.on_behalf_of.type, ref: behindRef };
  const ref = refs.get("/actor");
  const { id: _id, name: _name, email: _email, on_behalf_of: _behind, ...kept } = actor;
  const own: EventActor = ref === undefined ? actor : { ...kept, ref };
  return behind === undefined || behind === own.on_behalf_of ? own : { ...own, on_behalf_of: behind };
}

/** Text fields of the core in which a person's values may stand. */
const TEXT_FIELDS = ["purpose", "recipient", "data_category", "source_action", "description"] as const;

/** Changes the core in place; it is this call's own copy. */
function cutFreeText(core: MutableEvent, values: readonly PersonalValue[], sink: CutSink): void {
  if (values.length === 0) return;
  for (const field of TEXT_FIELDS) {
    const text = core[field];
    if (text !== undefined) core[field] = cutText(text, `/${field}`, values, sink);
  }
  if (core.outcome.reason !== undefined) {
    const reason = cutText(core.outcome.reason, "/outcome/reason", values, sink);
    if (reason !== core.outcome.reason) core.outcome = { ...core.outcome, reason };
  }
  if (core.targets !== undefined) core.targets = core.targets.map((target, i) => cutTarget(target, i, values, sink));
  if (core.details !== undefined) core.details = cutJson(core.details, "/details", values, sink);
  if (core.changes !== undefined) {
    core.changes = cutJson(core.changes as unknown as Json, "/changes", values, sink) as unknown as NonNullable<
      CairnEvent["changes"]
    >;
  }
  if (core.labels !== undefined) {
    core.labels = cutJson(core.labels, "/labels", values, sink) as Readonly<Record<string, string>>;
  }
}

function cutTarget(target: EventTarget, i: number, values: readonly PersonalValue[], sink: CutSink): EventTarget {
  if (target.ref !== undefined) return target;
  const id = target.id === undefined ? undefined : cutText(target.id, `/targets/${i}/id`, values, sink);
  const name = target.name === undefined ? undefined : cutText(target.name, `/targets/${i}/name`, values, sink);
  if (id === target.id && name === target.name) return target;
  return { type: target.type, ...(id === undefined ? {} : { id }), ...(name === undefined ? {} : { name }) };
}
