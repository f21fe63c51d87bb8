import { createHash } from "node:crypto";

/** A file of a bundle: its bytes, or where they come from when they are many. */
export interface BundleFile {
  /** Path below the bundle. */
  readonly path: string;
  readonly bytes: number;
  readonly content: Iterable<Uint8Array>;
}

/** Makes a file of what is at hand. */
export function smallFile(path: string, content: Uint8Array | string): BundleFile {
  const bytes = typeof content === "string" ? Buffer.from(content) : content;
  return { path, bytes: bytes.length, content: [bytes] };
}

/** Passes a file on and tells of its digest once all of it has passed. */
export function measured(file: BundleFile, onDigest: (sha256: string) => void): BundleFile {
  function* content(): Generator<Uint8Array, void, undefined> {
    const hash = createHash("sha256");
    for (const piece of file.content) {
      hash.update(piece);
      yield piece;
    }
    onDigest(hash.digest("hex"));
  }
  return { ...file, content: content() };
}
