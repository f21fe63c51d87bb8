import type { Json, RecordedEvent } from "@cairn/event";
import { isList, showValue } from "./leaves.ts";
import { actorName, targetName } from "./names.ts";

/**
 * Fills the sentence template that the catalog has for an action: `{actor} opened {target}`, `{details.pages}`. Undefined
 * when the event lacks something that the template names: half a sentence says less than none.
 */
export function fillTemplate(template: string, event: RecordedEvent): string | undefined {
  let isWhole = true;
  const text = template.replace(/\{([^{}]+)\}/g, (_, name: string) => {
    const value = wordFor(name.trim(), event);
    if (value === undefined || value === "") isWhole = false;
    return value ?? "";
  });
  return isWhole ? text : undefined;
}

function wordFor(name: string, event: RecordedEvent): string | undefined {
  const { targets = [] } = event;
  switch (name) {
    case "actor":
      return actorName(event.actor);
    case "target":
      return targets[0] === undefined ? undefined : targetName(targets[0]);
    case "targets":
      return targets.map(targetName).join(", ");
    case "outcome":
      return event.outcome.result;
    default:
      return valueAt(event as unknown as Json, name.replace(/^target\./, "targets.0.").split("."));
  }
}

function valueAt(start: Json, path: readonly string[]): string | undefined {
  let value: Json | undefined = start;
  for (const key of path) {
    if (typeof value !== "object" || value === null) return undefined;
    value = isList(value) ? value[Number(key)] : (value as Readonly<Record<string, Json>>)[key];
  }
  if (value === undefined || value === null) return undefined;
  return isList(value) ? value.map(showValue).join(", ") : showValue(value);
}
