import { CairnError, parseTime } from "@cairn/event";
import { readLines } from "../files/read-lines.ts";
import { CONTROL_TERMS, type EventLogState, parseEventLogState } from "./control-terms.ts";
import type { DisclosureReader } from "./disclosure-reader.ts";
import type { Findings } from "./finding.ts";
import { BUNDLE } from "./layout.ts";
import type { ListedFiles } from "./listed-files.ts";
import { hasExactly, isObject, parsePlainJson } from "./plain-json.ts";
import type { TileLog } from "./tile-log.ts";

/** A control entry, proven and read. */
export interface ControlEntry {
  readonly sequence: number;
  readonly type: string;
  readonly eventLog: EventLogState;
  readonly terms: Readonly<Record<string, unknown>>;
  /** The query of an export of evidence, when it is shown. */
  readonly query: unknown;
}

/** Longest line: a disclosure of the most units that format version 1 allows. */
const MAX_LINE_BYTES = 4 << 20;

/** Units that every control entry shows. */
const MANDATORY: ReadonlySet<string> = new Set(["/log", "/type", "/time", "/event_log", "/terms"]);

/**
 * Reads the disclosures of all control entries, one a line in order of sequence. Whatever is missing, out of place or not
 * as the log commits to is a finding; so is a unit that must be shown and is not.
 */
export async function* readControlEntries(
  context: {
    readonly files: ListedFiles;
    readonly log: TileLog;
    readonly size: number;
    /** Of the control log. */
    readonly origin: string;
    readonly read: DisclosureReader;
  },
  findings: Findings,
): AsyncGenerator<ControlEntry, void, undefined> {
  const file = BUNDLE.control;
  let expected = 0;
  for await (const { bytes, number, fault } of readLines(context.files.stream(file), {
    maxLineBytes: MAX_LINE_BYTES,
  })) {
    const line = fault === undefined ? parsePlainJson(bytes) : undefined;
    const report = (code: string, message: string) => findings.add({ code, file, index: number - 1, message });
    if (!isObject(line) || !hasExactly(line, ["sequence", "disclosure"])) {
      report("malformed_line", "the line is not {sequence, disclosure}, written plainly");
      expected++;
      continue;
    }
    const sequence = expected++;
    if (line.sequence !== sequence) {
      report("control_out_of_order", `the line is of entry ${String(line.sequence)}, where ${sequence} has its place`);
      continue;
    }
    const entry = sequence < context.size ? await context.log.entry(sequence) : undefined;
    if (entry === undefined) {
      report("entry_missing", `the control log has no entry ${sequence}`);
      continue;
    }
    const [shown] = context.read([{ disclosure: line.disclosure, entry }]);
    if (shown?.ok !== true) {
      if (shown !== undefined) report(shown.code, shown.message);
      continue;
    }
    const read = readUnits(shown.units, { sequence, origin: context.origin });
    if (typeof read === "string") report("control_undisclosed", read);
    else yield read;
  }
  for (let index = expected; index < context.size; index++) {
    findings.add({ code: "control_undisclosed", file, index, message: "the control entry is not disclosed" });
  }
}

/** Reads the units of a control entry; gives a sentence when something mandatory is not shown or makes no sense. */
function readUnits(
  units: ReadonlyMap<string, string>,
  place: { readonly sequence: number; readonly origin: string },
): ControlEntry | string {
  const value = (path: string): unknown => {
    const text = units.get(path);
    return text === undefined ? undefined : (JSON.parse(text) as unknown);
  };
  const type = value("/type");
  const eventLog = parseEventLogState(value("/event_log"));
  if (value("/log") !== place.origin) return `the entry does not say that it belongs to ${place.origin}`;
  if (typeof type !== "string") return "the entry does not show its type";
  if (!isTime(value("/time"))) return "the entry does not show its time";
  if (eventLog === undefined) return "the entry does not show the state of the event log";
  const required = Object.hasOwn(CONTROL_TERMS, type) ? CONTROL_TERMS[type] : undefined;
  if (required === undefined) return `the entry is of type ${JSON.stringify(type)}, which this program does not know`;
  if ((type === "genesis") !== (place.sequence === 0)) return "the first entry, and no other, is of type genesis";
  const terms = value("/terms");
  if (!isObject(terms)) return "the entry does not show its terms";
  const stray = [...units.keys()].find((path) => !path.startsWith("/sealed/") && !MANDATORY.has(path));
  if (stray !== undefined) return `the entry has a unit ${stray}, which no control entry has`;
  const missing = required.find((name) => !Object.hasOwn(terms, name));
  if (missing !== undefined) return `the entry has no term ${missing}`;
  return { sequence: place.sequence, type, eventLog, terms, query: value("/sealed/query") };
}

function isTime(value: unknown): boolean {
  try {
    return typeof value === "string" && parseTime(value, "") >= 0;
  } catch (error) {
    if (error instanceof CairnError) return false;
    throw error;
  }
}
