import { inspectJson } from "../json/inspect.ts";
import { CairnError } from "../model/errors.ts";
import type { ActorType, CairnEvent, EventActor, EventContext, EventPrincipal, Json, Verb } from "../model/event.ts";
import { canonicalIp } from "../model/ip.ts";
import type { EventInput } from "../model/schema.ts";
import { canonicalTime, formatTime } from "../model/time.ts";
import { checkEventSchema } from "./check-schema.ts";
import { expandShortForm, isShortForm } from "./short-form.ts";
import { outcomeOfAction, verbOfAction } from "./verbs.ts";

/** What the door knows besides the event itself. */
export interface DoorContext {
  /** The server's clock, Unix milliseconds: `occurred_at` of an event without one. */
  readonly nowMs: number;
  /** `source` of an event that names none. */
  readonly defaultSource: string;
  /** What the project's catalog says of an action; undefined for an action never declared. */
  readonly describeAction: (action: string) => ActionDefaults | undefined;
}

/** The part of a catalog entry that fills in an event. */
export interface ActionDefaults {
  readonly verb?: Verb;
  readonly category?: string;
}

/** An event that passed the door. */
export interface AcceptedEvent {
  readonly event: Omit<CairnEvent, "id"> & { readonly id?: string };
  /** The tenant the event names, for project keys. */
  readonly tenant: string | undefined;
  /** Fields that the server filled in: a later delivery of the same event may differ in them. */
  readonly defaulted: readonly DefaultedField[];
}

export type DefaultedField = "occurred_at" | "verb" | "category" | "outcome";

/** Category of an event whose action the catalog does not know and which names none. */
export const UNCATEGORIZED = "other";

/**
 * Turns one parsed JSON value into an event, or says why not. Parse, then trust: nothing behind this checks again.
 * @throws CairnError with a JSON Pointer
 */
export function acceptEvent(value: unknown, context: DoorContext): AcceptedEvent {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new CairnError("not_an_object", "an event is a JSON object", { pointer: "" });
  }
  let raw = value as Record<string, unknown>;
  if (isShortForm(raw)) raw = expandShortForm(raw);
  const input: unknown = withoutNulls(raw);
  checkEventSchema(input);
  inspectFreeValues(input);

  const defaulted: DefaultedField[] = [];
  const action = input.action;
  const defaults = context.describeAction(action);
  if (input.occurred_at === undefined) defaulted.push("occurred_at");
  if (input.verb === undefined) defaulted.push("verb");
  if (input.category === undefined) defaulted.push("category");
  if (input.outcome === undefined) defaulted.push("outcome");

  const event: Mutable<AcceptedEvent["event"]> = {
    occurred_at:
      input.occurred_at === undefined ? formatTime(context.nowMs) : canonicalTime(input.occurred_at, "/occurred_at"),
    action,
    verb: input.verb ?? defaults?.verb ?? verbOfAction(action),
    category: input.category ?? defaults?.category ?? UNCATEGORIZED,
    actor: acceptActor(input.actor),
    outcome: input.outcome ?? { result: outcomeOfAction(action) },
    source: input.source ?? context.defaultSource,
  };
  if (input.id !== undefined) event.id = input.id;
  if (input.targets !== undefined && input.targets.length > 0) event.targets = input.targets;
  if (input.context !== undefined) event.context = acceptContext(input.context);
  if (input.changes !== undefined && input.changes.length > 0)
    event.changes = input.changes as NonNullable<CairnEvent["changes"]>;
  if (input.purpose !== undefined) event.purpose = input.purpose;
  if (input.recipient !== undefined) event.recipient = input.recipient;
  if (input.data_category !== undefined) event.data_category = input.data_category;
  if (input.parent_id !== undefined) event.parent_id = input.parent_id;
  if (input.inferred !== undefined) event.inferred = input.inferred;
  if (input.time_uncertain_ms !== undefined) event.time_uncertain_ms = input.time_uncertain_ms;
  if (input.description !== undefined) event.description = input.description;
  if (input.details !== undefined) event.details = input.details as Json;
  if (input.source_action !== undefined) event.source_action = input.source_action;
  if (input.labels !== undefined && Object.keys(input.labels).length > 0) event.labels = input.labels;
  if (input.warnings !== undefined && input.warnings.length > 0) event.warnings = input.warnings;
  return { event, tenant: input.tenant, defaulted };
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

function acceptActor(input: EventInput["actor"]): EventActor {
  if (input === undefined) return { type: "anonymous" };
  const { type, on_behalf_of, ...rest } = input;
  const actor = { type: type ?? impliedType(rest), ...rest };
  if (on_behalf_of === undefined) return actor;
  const principal: EventPrincipal = { ...on_behalf_of, type: on_behalf_of.type ?? impliedType(on_behalf_of) };
  return { ...actor, on_behalf_of: principal };
}

function impliedType(named: { id?: string; name?: string; email?: string }): ActorType {
  return named.id === undefined && named.name === undefined && named.email === undefined ? "anonymous" : "user";
}

function acceptContext(input: NonNullable<EventInput["context"]>): EventContext {
  if (input.ip === undefined) return input;
  const ip = canonicalIp(input.ip, "/context/ip");
  return ip === input.ip ? input : { ...input, ip };
}

function inspectFreeValues(input: EventInput): void {
  if (input.details !== undefined) inspectJson(input.details, "/details", 2);
  if (input.changes !== undefined) inspectJson(input.changes, "/changes", 2);
}

/** A null in a field of the model means "absent"; inside `details` and `changes` a null is a value and stays. */
function withoutNulls(raw: Record<string, unknown>): Record<string, unknown> {
  let copy: Record<string, unknown> | undefined;
  for (const key in raw) {
    const value = raw[key];
    if (value === null && key !== "details") {
      copy ??= { ...raw };
      delete copy[key];
    } else if (
      typeof value === "object" &&
      value !== null &&
      (key === "actor" || key === "context" || key === "outcome")
    ) {
      const inner = withoutNullMembers(value as Record<string, unknown>);
      if (inner !== value) {
        copy ??= { ...raw };
        copy[key] = inner;
      }
    }
  }
  return copy ?? raw;
}

function withoutNullMembers(value: Record<string, unknown>): Record<string, unknown> {
  for (const key in value) {
    if (value[key] === null) return Object.fromEntries(Object.entries(value).filter(([, member]) => member !== null));
  }
  return value;
}
