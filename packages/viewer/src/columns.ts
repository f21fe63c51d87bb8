import type { RecordedEvent } from "@cairn/event";
import { pathValue } from "./path-value.ts";
import type { ViewerTexts } from "./texts.ts";

/** Columns of a viewer that was told none. */
export const USUAL_COLUMNS: readonly string[] = ["time", "actor", "action", "target", "outcome"];
/** More would not be read, and a page could be made to draw without end. */
const MAX_COLUMNS = 12;

/** Reads the attribute `columns`: names or paths of fields, by commas. */
export function readColumns(text: string | null): readonly string[] {
  const names = (text ?? "")
    .split(",")
    .map((name) => name.trim())
    .filter((name) => /^[A-Za-z_][\w.-]{0,99}$/.test(name));
  return names.length === 0 ? USUAL_COLUMNS : [...new Set(names)].slice(0, MAX_COLUMNS);
}

/** What an event has in a column. */
export function cellText(event: RecordedEvent, column: string, { texts, locale }: CellOptions): string {
  switch (column) {
    case "time":
      return showTime(event.occurred_at, locale);
    case "actor":
      return nameOf(event.actor) ?? (event.actor.ref === undefined ? event.actor.type : texts.forgotten);
    case "target":
      return (event.targets ?? []).map((target) => nameOf(target) ?? target.type).join(", ");
    case "outcome":
      return event.outcome.result;
    case "ip":
      return event.context?.ip ?? "";
    default:
      return pathValue(event, column);
  }
}

/** How cells are written. */
export interface CellOptions {
  readonly texts: ViewerTexts;
  /** BCP 47 tag; undefined for the browser's. */
  readonly locale: string | undefined;
}

/** Writes a moment by the reader's own clock, zone included. */
export function showTime(moment: string, locale: string | undefined): string {
  return new Intl.DateTimeFormat(locale, {
    dateStyle: "medium",
    timeStyle: "long",
  }).format(new Date(moment));
}

function nameOf(part: { readonly name?: string; readonly id?: string } & object): string | undefined {
  const email = "email" in part && typeof part.email === "string" ? part.email : undefined;
  return part.name ?? email ?? part.id;
}
