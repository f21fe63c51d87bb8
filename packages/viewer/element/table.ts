import type { RecordedEvent } from "@cairn/event";
import { cellText, type ViewerTexts } from "../src/index.ts";
import { el } from "./dom.ts";

interface TableOptions {
  readonly events: readonly RecordedEvent[];
  readonly columns: readonly string[];
  readonly texts: ViewerTexts;
  readonly locale: string | undefined;
  readonly open: RecordedEvent | undefined;
  readonly onOpen: (event: RecordedEvent) => void;
}

/** The events as a table. The first cell of a row opens it; arrow keys go from row to row. */
export function drawTable({ events, columns, texts, locale, open, onOpen }: TableOptions): HTMLElement {
  const head = columns.map((column) => el("th", { scope: "col" }, texts.columns[column] ?? column));
  const rows = events.map((event) => {
    const write = (column: string) => cellText(event, column, { texts, locale });
    const name = texts.open(write("time"), event.action, write("actor"));
    const cells = columns.map((column, i) => {
      const text = write(column);
      if (i > 0) return el("td", column === "outcome" ? { class: event.outcome.result } : {}, text);
      return el("td", {}, el("button", { type: "button", "aria-label": name }, text === "" ? "–" : text));
    });
    return el("tr", { "aria-current": event === open ? "true" : undefined, onclick: () => onOpen(event) }, ...cells);
  });
  const body = el("tbody", { onkeydown: stepRows }, ...rows);
  return el("div", { class: "scroll" }, el("table", {}, el("thead", {}, el("tr", {}, ...head)), body));
}

function stepRows(event: Event): void {
  if (!(event instanceof KeyboardEvent) || !(event.currentTarget instanceof HTMLElement)) return;
  const by = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : 0;
  if (by === 0) return;
  const buttons = [...event.currentTarget.querySelectorAll("button")];
  const at = event.target instanceof HTMLButtonElement ? buttons.indexOf(event.target) : -1;
  event.preventDefault();
  buttons[at + by]?.focus();
}
