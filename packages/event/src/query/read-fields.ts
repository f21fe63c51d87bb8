import type { FieldName } from "./fields.ts";
import { type Observed, placeOf } from "./observed.ts";
import type { EventView } from "./view.ts";

/** The values of a keyword field, not folded. */
export function keywordsOf(event: Observed, field: FieldName): string | readonly string[] | undefined {
  const { core } = event;
  switch (field) {
    case "action":
    case "verb":
    case "category":
    case "source":
    case "data_category":
    case "id":
      return core[field];
    case "outcome":
      return core.outcome.result;
    case "actor.type":
      return core.actor.type;
    case "actor.role":
      return core.actor.role;
    case "actor.groups":
      return core.actor.groups;
    case "on_behalf_of.type":
      return core.actor.on_behalf_of?.type;
    case "target.type":
      return core.targets?.map((target) => target.type);
    case "session":
      return core.context?.session_id;
    case "request":
      return core.context?.request_id;
    case "trace":
      return core.context?.trace_id;
    case "client.kind":
      return core.context?.client?.kind;
    case "client.name":
      return core.context?.client?.name;
    case "client.version":
      return core.context?.client?.version;
    case "parent":
      return core.parent_id;
    case "inferred":
      return core.inferred === undefined ? undefined : String(core.inferred);
    default:
      return undefined;
  }
}

/** The texts of a text field, as words; a text that is absent, or without a word, is left out. */
export function textsOf(view: EventView, field: FieldName): readonly string[] {
  const { core } = view.event;
  switch (field) {
    case "source_action":
    case "purpose":
    case "recipient":
    case "description":
      return words(view, core[field]);
    case "outcome.reason":
      return words(view, core.outcome.reason);
    case "user_agent":
    case "location":
      return words(view, placeOf(view.event, field));
    case "changes.field":
      return view.leaves.flatMap((leaf) => (leaf.path === field && leaf.words !== "" ? [leaf.words] : []));
    case "warnings":
      return (core.warnings ?? []).flatMap((warning) => words(view, warning));
    default:
      return [];
  }
}

function words(view: EventView, text: string | undefined): readonly string[] {
  const found = view.wordsOf(text);
  return found === "" ? [] : [found];
}

/** The value of a number field. */
export function numberOf(event: Observed, field: FieldName): number | undefined {
  switch (field) {
    case "ledger":
    case "sequence":
      return event[field];
    case "time_uncertain_ms":
      return event.core.time_uncertain_ms;
    default:
      return undefined;
  }
}

/** The value of a time field, Unix milliseconds. */
export function timeOf(view: EventView, field: FieldName): number {
  return field === "received_at" ? view.receivedMs : view.occurredMs;
}

/** The subject references of a reference field. */
export function refsOf(view: EventView, field: FieldName): readonly string[] {
  const { actor, targets } = view.event.core;
  switch (field) {
    case "actor.ref":
      return actor.ref === undefined ? [] : [actor.ref];
    case "on_behalf_of.ref":
      return actor.on_behalf_of?.ref === undefined ? [] : [actor.on_behalf_of.ref];
    case "target.ref":
      return (targets ?? []).flatMap(({ ref }) => (ref === undefined ? [] : [ref]));
    case "subject.ref":
      return view.people;
    default:
      return [];
  }
}
