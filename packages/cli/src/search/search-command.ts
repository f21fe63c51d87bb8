import type { EventQuery } from "@cairn/sdk";
import { defineCommand } from "../command/command.ts";
import { CONNECTION_OPTIONS, connect, JSON_OPTION } from "../command/connection.ts";
import { EXIT } from "../command/exit-code.ts";
import { queryOf, RANGE_OPTIONS, rangeOf } from "../command/query-options.ts";
import { UsageError } from "../command/usage-error.ts";
import { eventRow, headerRow } from "./event-row.ts";

const DEFAULT_LIMIT = 50;
/** Most events of one page. */
const MAX_PAGE = 1_000;

/** `cairn search`: lists events, newest first. */
export const searchCommand = defineCommand({
  name: "search",
  summary: "list events",
  usage: "cairn search [QUERY] [options]",
  options: {
    ...CONNECTION_OPTIONS,
    ...RANGE_OPTIONS,
    limit: { kind: "integer", min: 1, description: "events shown; 50 unless given" },
    order: { kind: "text", placeholder: "asc|desc", description: "by time, desc unless given" },
    ...JSON_OPTION,
  },
  notes: "With --json, one event a line. A query that begins with - goes after --.",
  async act({ values, positionals, io }) {
    const { order } = values;
    if (order !== undefined && order !== "asc" && order !== "desc") throw new UsageError("--order is asc or desc");
    const limit = values.limit ?? DEFAULT_LIMIT;
    const query: EventQuery = {
      ...queryOf(positionals),
      ...rangeOf(values),
      ...(order === undefined ? {} : { sort: "occurred_at", order }),
      limit: Math.min(limit, MAX_PAGE),
      signal: io.signal,
    };
    const width = io.stdout.isTerminal ? "cut" : "whole";
    let shown = 0;
    for await (const event of connect(values).events(query)) {
      if (values.json) await io.stdout.write(`${JSON.stringify(event)}\n`);
      else await io.stdout.write(`${shown === 0 ? headerRow(width) : ""}${eventRow(event, width)}`);
      if (++shown === limit || io.signal.aborted) break;
    }
    if (shown === 0 && !values.json) await io.stderr.write("no events\n");
    return EXIT.done;
  },
});
