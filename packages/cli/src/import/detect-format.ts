import { extname } from "node:path";

/** What a file holds. */
export type ImportFormat = "ndjson" | "json" | "csv" | "cloudtrail" | "desktop" | "workos-csv" | "retraced-ndjson";

/** All of them, for the help. */
export const IMPORT_FORMATS: readonly ImportFormat[] = [
  ...(["ndjson", "json", "csv", "cloudtrail", "desktop"] as const),
  ...(["workos-csv", "retraced-ndjson"] as const),
];

const FORMAT_OF_EXTENSION: Readonly<Record<string, ImportFormat>> = {
  ".ndjson": "ndjson",
  ".jsonl": "ndjson",
  ".csv": "csv",
  ".tsv": "csv",
};

/**
 * Finds out what a file holds: by its name where that is clear, else by its beginning. `{"Records": [` is CloudTrail; an
 * array or `{"events": [` is a document; an object that ends with its line begins a file of one event a line.
 */
export function detectFormat(path: string, start: Uint8Array): ImportFormat {
  const text = Buffer.from(start)
    .toString()
    .replace(/^\ufeff/, "")
    .trimStart();
  if (/^\{\s*"Records"\s*:\s*\[/.test(text)) return "cloudtrail";
  if (text.startsWith("[") || /^\{\s*"events"\s*:\s*\[/.test(text)) return "json";
  const byName = FORMAT_OF_EXTENSION[extname(path.replace(/\.(?:gz|zst)$/, ""))];
  if (byName !== undefined) return byName;
  if (!text.startsWith("{")) return "csv";
  const firstLine = text.split("\n", 1)[0] ?? "";
  // A line that ends in the middle of something is the first of an object written over several.
  return isOpen(firstLine.trimEnd()) ? "json" : "ndjson";
}

function isOpen(line: string): boolean {
  return /[{[,:]$/.test(line);
}
