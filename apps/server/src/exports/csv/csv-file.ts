import type { RecordedEvent } from "@cairn/event";
import type { StoredEvent } from "@cairn/ledger";
import { eventRows, type RowSource } from "../event-rows.ts";
import { zoneClock } from "../time-zone.ts";
import { columnsOf, DEFAULT_COLUMNS } from "./columns.ts";
import { formatCsv } from "./format-csv.ts";

/** Gives the text of a CSV file: a heading, then a line for each event. */
export async function* csvFile(
  source: RowSource,
  present: (event: StoredEvent) => RecordedEvent,
): AsyncGenerator<string, void, undefined> {
  const { columns: names = DEFAULT_COLUMNS, tz = "UTC", raw = false } = source.task.order.request;
  const columns = columnsOf(names, zoneClock(tz));
  const options = { cells: raw ? "raw" : "guarded" } as const;
  yield formatCsv([names], { cells: "raw" });
  const row = (event: RecordedEvent) => columns.map((column) => column.cell(event));
  for await (const rows of eventRows(source, (event) => row(present(event)))) yield formatCsv(rows, options);
}
