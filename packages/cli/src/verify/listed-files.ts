import { createHash, hash } from "node:crypto";
import type { BundleFiles } from "../files/bundle-files.ts";
import type { Finding, Findings } from "./finding.ts";
import type { Manifest } from "./manifest.ts";

/** A bundle's files, each compared with the manifest whenever it is read. */
export interface ListedFiles {
  has(path: string): boolean;
  /** Reads a small file: undefined when it is missing or absurdly large, of which there is then a finding. */
  read(path: string): Promise<Uint8Array | undefined>;
  /** Size of a file; 0 when it is missing. */
  bytesOf(path: string): number;
  /** Reads a file of any size from beginning to end; nothing when it is missing. */
  stream(path: string): AsyncIterable<Uint8Array>;
  /** Reads a file like `stream`, for who reads ahead: it is compared with the manifest when that is asked for. */
  measure(path: string): MeasuredFile;
  /** Compares the files that nobody has read. */
  checkRest(): Promise<void>;
}

/** A file whose digest is computed as it is read. */
export interface MeasuredFile {
  readonly chunks: AsyncIterable<Uint8Array>;
  /** To be called once all chunks have come. */
  compare(): void;
}

/** Longest file that is read whole: 256 entries of full length, a proof with the largest disclosure. */
const MAX_WHOLE_FILE_BYTES = 32 << 20;

/** Compares the list of files with the manifest's, and gives the files for reading. */
export function listFiles(files: BundleFiles, manifest: Manifest, findings: Findings): ListedFiles {
  const listed = new Map(Object.entries(manifest.files));
  /** Files whose bytes have been compared; only `check` adds to it. */
  const checked = new Set<string>();
  for (const file of files.irregular) {
    findings.add({ code: "file_irregular", file, message: "it is neither a file nor a directory" });
  }
  for (const path of files.sizes.keys()) {
    if (path === "manifest.json" || listed.has(path)) continue;
    findings.add({ code: "file_unlisted", file: path, message: "the manifest does not list the file" });
  }
  for (const path of listed.keys()) {
    if (!files.sizes.has(path)) findings.add({ code: "file_missing", file: path, message: "the file is missing" });
  }

  function check(path: string, actual: { readonly bytes: number; readonly sha256: string }): void {
    if (checked.has(path)) return;
    checked.add(path);
    const expected = listed.get(path);
    if (expected === undefined) return;
    const finding = differenceOf(path, expected, actual);
    if (finding !== undefined) findings.add(finding);
  }

  function measure(path: string): MeasuredFile {
    if (!files.sizes.has(path)) return { chunks: nothing(), compare: () => undefined };
    const digest = createHash("sha256");
    let bytes = 0;
    async function* chunks(): AsyncGenerator<Uint8Array, void, undefined> {
      for await (const chunk of files.stream(path)) {
        digest.update(chunk);
        bytes += chunk.length;
        yield chunk;
      }
    }
    return { chunks: chunks(), compare: () => check(path, { bytes, sha256: digest.digest("hex") }) };
  }

  async function* stream(path: string): AsyncGenerator<Uint8Array, void, undefined> {
    const { chunks, compare } = measure(path);
    yield* chunks;
    compare();
  }

  return {
    has: (path) => files.sizes.has(path),

    async read(path) {
      const size = files.sizes.get(path);
      if (size === undefined) return undefined;
      if (size > MAX_WHOLE_FILE_BYTES) {
        findings.add({ code: "file_too_large", file: path, message: `no such file has ${size} bytes` });
        return undefined;
      }
      const bytes = await files.read(path);
      if (!checked.has(path)) check(path, { bytes: bytes.length, sha256: hash("sha256", bytes) });
      return bytes;
    },

    bytesOf: (path) => files.sizes.get(path) ?? 0,
    stream,
    measure,

    async checkRest() {
      for (const path of listed.keys()) {
        if (checked.has(path)) continue;
        for await (const _ of stream(path)) {
          // Reading is what compares.
        }
      }
    },
  };
}

async function* nothing(): AsyncGenerator<Uint8Array, void, undefined> {
  // No bytes.
}

function differenceOf(
  file: string,
  expected: { readonly bytes: number; readonly sha256: string },
  actual: { readonly bytes: number; readonly sha256: string },
): Finding | undefined {
  if (actual.bytes !== expected.bytes) {
    const message = `the file has ${actual.bytes} bytes, not the ${expected.bytes} that the manifest lists`;
    return { code: "file_length", file, message };
  }
  if (actual.sha256 === expected.sha256) return undefined;
  return { code: "file_digest", file, message: "the file is not the one whose digest the manifest lists" };
}
