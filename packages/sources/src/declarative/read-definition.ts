import { readCsvRecords } from "../core/read-csv.ts";
import { type ReadItem, readJsonRecords } from "../core/read-json.ts";
import { SourceError } from "../core/source-error.ts";
import type { Definition } from "./definition.ts";
import { compileLinePattern, type LinePattern } from "./line-pattern.ts";

/** Divides a body into records. */
export type BodyReader = (body: string) => ReadItem[];

/**
 * Makes the reader of a definition's input.
 * @throws SourceError definition_invalid
 */
export function compileReader({ input }: Definition): BodyReader {
  switch (input.format) {
    case "json":
      return (body) => readJsonRecords(body, input.wrappers ?? []);
    case "csv":
      return readCsvRecords;
    case "lines": {
      const pattern = compileLinePattern(input.pattern, "/input/pattern");
      return (body) => readLines(body, pattern);
    }
  }
}

function readLines(body: string, pattern: LinePattern): ReadItem[] {
  const items: ReadItem[] = [];
  for (const [i, line] of body.split("\n").entries()) {
    const text = line.endsWith("\r") ? line.slice(0, -1) : line;
    if (text.trim() === "") continue;
    const record = pattern(text);
    if (record !== undefined) items.push({ kind: "record", record, text });
    else {
      const error = new SourceError("line_invalid", "the line does not fit the pattern", { line: i + 1 });
      items.push({ kind: "refused", error, text });
    }
  }
  return items;
}
