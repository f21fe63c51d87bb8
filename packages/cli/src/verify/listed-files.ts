import { createHash, hash } from "node:crypto";
import type { BundleFiles } from "../files/bundle-files.ts";
import type { Finding, Findings } from "./finding.ts";
import type { Manifest } from "./manifest.ts";

/** A bundle's files, each compared with the manifest whenever it is read. */
export interface ListedFiles {
  has(path: string): boolean;
  /** Reads a small file: undefined when it is missing or absurdly large, of which there is then a finding. */
  read(path: string): Promise<Uint8Array | undefined>;
  /** Reads a file of any size from beginning to end; nothing when it is missing. */
  stream(path: string): AsyncIterable<Uint8Array>;
  /** Compares the files that nobody has read. */
  checkRest(): Promise<void>;
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

  async function* stream(path: string): AsyncGenerator<Uint8Array, void, undefined> {
    if (!files.sizes.has(path)) return;
    const digest = createHash("sha256");
    let bytes = 0;
    for await (const chunk of files.stream(path)) {
      digest.update(chunk);
      bytes += chunk.length;
      yield chunk;
    }
    check(path, { bytes, sha256: digest.digest("hex") });
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

    stream,

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
