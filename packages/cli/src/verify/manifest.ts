import { MANIFEST_PATH } from "../files/bundle-files.ts";
import { hasExactly, isCount, isObject } from "./plain-json.ts";

/** What a bundle says of itself: `docs/formats/bundle.md`. All of it is recomputed. */
export interface Manifest {
  readonly v: 1;
  readonly kind: "full" | "compact";
  readonly origin: string;
  readonly ledger: number;
  /** Of the event log. */
  readonly size: number;
  /** Lines of `events.ndjson`. */
  readonly events: number;
  readonly query: string;
  readonly files: Readonly<Record<string, ManifestFile>>;
}

/** A file as the manifest lists it. */
export interface ManifestFile {
  readonly bytes: number;
  /** Lower-case hex. */
  readonly sha256: string;
}

/** Longest manifest: what a JavaScript string can hold. It is reached at some 200 million events in one full bundle. */
const MAX_MANIFEST_BYTES = 500_000_000;

/** Reads a manifest; gives a sentence when it is none. */
export function parseManifest(bytes: Uint8Array): Manifest | string {
  if (bytes.length > MAX_MANIFEST_BYTES) return `the manifest has more than ${MAX_MANIFEST_BYTES} bytes`;
  let text: string;
  let value: unknown;
  try {
    text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
    value = JSON.parse(text);
  } catch {
    return "the manifest is not JSON in UTF-8";
  }
  if (!isObject(value)) return "the manifest is not an object";
  if (value.v !== 1) return `the manifest is of version ${JSON.stringify(value.v)}; this program knows version 1`;
  if (!hasExactly(value, ["v", "kind", "origin", "ledger", "size", "events", "query", "files"])) {
    return "the manifest has not exactly the members that version 1 has";
  }
  const fault = faultOf(value);
  if (fault !== undefined) return fault;
  // Spaces between its parts may be there; two spellings of one thing may not.
  const spellings = [JSON.stringify(value), JSON.stringify(value, null, 2)];
  if (!spellings.includes(text.replace(/\n$/, ""))) return "the manifest is not written plainly";
  return value as unknown as Manifest;
}

function faultOf(value: Readonly<Record<string, unknown>>): string | undefined {
  const { kind, origin, ledger, size, events, query, files } = value;
  if (kind !== "full" && kind !== "compact") return "its kind is neither full nor compact";
  if (typeof origin !== "string" || origin === "") return "its origin is not text";
  if (!isCount(ledger) || ledger < 1) return "its ledger is not a number from 1";
  if (!isCount(size) || !isCount(events)) return "its size or events is not a count";
  if (typeof query !== "string") return "its query is not text";
  if (!isObject(files)) return "its files are not an object";
  for (const [path, file] of Object.entries(files)) {
    const isFile = isObject(file) && hasExactly(file, ["bytes", "sha256"]) && isCount(file.bytes);
    if (!isFile || typeof file.sha256 !== "string" || !/^[0-9a-f]{64}$/.test(file.sha256)) {
      return `its entry for ${JSON.stringify(path)} is not a size and a digest`;
    }
    if (path === MANIFEST_PATH) return "it lists itself";
  }
  return undefined;
}
