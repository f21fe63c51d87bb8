import { CairnClientError, type Change } from "@cairn/sdk";
import { defineCommand } from "../command/command.ts";
import { CONNECTION_OPTIONS, connect, JSON_OPTION } from "../command/connection.ts";
import { EXIT } from "../command/exit-code.ts";
import { printable } from "../command/printable.ts";
import { queryOf } from "../command/query-options.ts";
import { readIfThere } from "../files/read-if-there.ts";
import { writeDurably } from "../files/write-durably.ts";
import { eventRow } from "./event-row.ts";

/** Whoever follows a log waits out a restart of the server. */
const GIVE_UP_AFTER_MS = 60_000;

/** `cairn tail`: follows the log in the order in which it was recorded. */
export const tailCommand = defineCommand({
  name: "tail",
  summary: "follow the log as it grows",
  usage: "cairn tail [QUERY] [options]",
  options: {
    ...CONNECTION_OPTIONS,
    after: { kind: "text", placeholder: "CURSOR", description: "begin behind this cursor; `start` is the beginning" },
    "cursor-file": {
      kind: "text",
      placeholder: "FILE",
      description: "go on from the cursor in FILE, and keep it there",
    },
    once: { kind: "flag", description: "end when everything there is has been shown" },
    ...JSON_OPTION,
  },
  notes: `
Begins with what is recorded from now on, unless told otherwise. With --json, one change a line: an event, or a gap where
bodies were deleted. A cursor is written to --cursor-file only after what came before it has been written out.`,
  async act({ values, positionals, io }) {
    const cursorFile = values["cursor-file"];
    const after = values.after ?? (await readCursor(cursorFile)) ?? "now";
    const cairn = connect(values, { readRetry: { giveUpAfterMs: GIVE_UP_AFTER_MS } });
    const pages = cairn.changes({
      ...queryOf(positionals),
      ...(after === "start" ? {} : { after }),
      ...(values.once ? { waitSeconds: 0 } : {}),
      signal: io.signal,
    });
    const width = io.stdout.isTerminal ? "cut" : "whole";
    try {
      for await (const { changes, next } of pages) {
        for (const change of changes) {
          await io.stdout.write(values.json ? `${JSON.stringify(change)}\n` : describe(change, width));
        }
        if (cursorFile !== undefined) await writeDurably(cursorFile, `${next}\n`);
      }
    } catch (error) {
      // To be interrupted is how following ends.
      const isInterrupted = io.signal.aborted && error instanceof CairnClientError;
      if (!isInterrupted) throw error;
    }
    return EXIT.done;
  },
});

function describe(change: Change, width: "cut" | "whole"): string {
  if (change.type === "event") return eventRow(change.event, width);
  const { ledger, first, last, reason } = change;
  return `-- ${ledger}/${first} to ${ledger}/${last} are gone: ${printable(reason)}\n`;
}

async function readCursor(file: string | undefined): Promise<string | undefined> {
  const cursor = file === undefined ? undefined : (await readIfThere(file))?.trim();
  return cursor === "" ? undefined : cursor;
}
