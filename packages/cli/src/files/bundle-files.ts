/** The files of a bundle, wherever they lie. */
export interface BundleFiles {
  /** Bytes of each file by its path, which uses "/". */
  readonly sizes: ReadonlyMap<string, number>;
  /** Things that are neither files nor directories: links, sockets. */
  readonly irregular: readonly string[];
  read(path: string): Promise<Uint8Array>;
  stream(path: string): AsyncIterable<Uint8Array>;
  close(): Promise<void>;
}

/** The file that makes a directory a bundle. */
export const MANIFEST_PATH = "manifest.json";

/**
 * Takes off the directory that everything lies in, if that is how the bundle was packed: there is no manifest at the top,
 * and one in the only directory.
 */
export function withoutTopDirectory(files: BundleFiles): BundleFiles {
  if (files.sizes.has(MANIFEST_PATH)) return files;
  const tops = new Set([...files.sizes.keys()].map((path) => path.split("/")[0] ?? ""));
  const [top] = tops;
  if (tops.size !== 1 || top === undefined || !files.sizes.has(`${top}/${MANIFEST_PATH}`)) return files;
  const inner = (path: string) => `${top}/${path}`;
  return {
    ...files,
    sizes: new Map([...files.sizes].map(([path, size]) => [path.slice(top.length + 1), size])),
    read: (path) => files.read(inner(path)),
    stream: (path) => files.stream(inner(path)),
  };
}
