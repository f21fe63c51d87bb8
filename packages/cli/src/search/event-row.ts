import type { RecordedEvent } from "@cairn/event";
import { printable } from "../command/printable.ts";

/** A column of a list of events. */
export interface EventColumn {
  readonly title: string;
  /** Width where there is only so much room. */
  readonly width: number;
  readonly cell: (event: RecordedEvent) => string;
}

/** What a list of events shows. */
export const EVENT_COLUMNS: readonly EventColumn[] = [
  { title: "OCCURRED", width: 24, cell: ({ occurred_at }) => occurred_at },
  { title: "ACTOR", width: 24, cell: ({ actor }) => actor.name ?? actor.email ?? actor.id ?? actor.ref ?? actor.type },
  { title: "ACTION", width: 28, cell: ({ action }) => action },
  { title: "OUTCOME", width: 8, cell: ({ outcome }) => outcome.result },
  { title: "TARGETS", width: 36, cell: ({ targets = [] }) => targets.map(targetText).join(", ") },
  { title: "AT", width: 12, cell: ({ ledger, sequence }) => `${ledger}/${sequence}` },
];

function targetText({ type, name, id, ref }: NonNullable<RecordedEvent["targets"]>[number]): string {
  const label = name ?? id ?? ref;
  return label === undefined ? type : `${type}:${label}`;
}

const ELLIPSIS = "…";

/** Writes a header, safe for any terminal. */
export function headerRow(isCut: "cut" | "whole"): string {
  return row(
    EVENT_COLUMNS.map(({ title }) => title),
    isCut,
  );
}

/** Writes an event on one line, safe for any terminal. */
export function eventRow(event: RecordedEvent, isCut: "cut" | "whole"): string {
  return row(
    EVENT_COLUMNS.map(({ cell }) => printable(cell(event))),
    isCut,
  );
}

function row(cells: readonly string[], isCut: "cut" | "whole"): string {
  const padded = cells.map((cell, i) => {
    const width = EVENT_COLUMNS[i]?.width ?? 0;
    const chars = [...cell];
    const text = isCut === "cut" && chars.length > width ? `${chars.slice(0, width - 1).join("")}${ELLIPSIS}` : cell;
    return text.padEnd(width);
  });
  return `${padded.join("  ").trimEnd()}\n`;
}
