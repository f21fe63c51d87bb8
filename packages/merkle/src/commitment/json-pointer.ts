/** Tells whether `path` is an RFC 6901 JSON Pointer to something inside a document: it begins with "/". */
export function isInnerPointer(path: string): boolean {
  return path.startsWith("/") && path.isWellFormed() && !/~(?![01])/.test(path);
}

/** A pair of paths that cannot both be units: equal, or the first an ancestor of the second. */
export interface PathConflict {
  readonly kind: "duplicate_path" | "nested_path";
  readonly path: string;
}

/** Finds a path that occurs twice, or that has an ancestor among the others. */
export function findPathConflict(paths: readonly string[]): PathConflict | undefined {
  const seen = new Set<string>();
  for (const path of paths) {
    if (seen.has(path)) return { kind: "duplicate_path", path };
    seen.add(path);
  }
  for (const path of paths) {
    for (let slash = path.indexOf("/", 1); slash !== -1; slash = path.indexOf("/", slash + 1)) {
      if (seen.has(path.slice(0, slash))) return { kind: "nested_path", path };
    }
  }
  return undefined;
}
