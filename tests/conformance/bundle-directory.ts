import { hash } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, relative, sep } from "node:path";

const MANIFEST = "manifest.json";

/** A bundle on the disk that is damaged and made whole again. */
export interface BundleDirectory {
  readonly path: string;
  readonly files: ReadonlyMap<string, Buffer>;
  /**
   * Replaces files, or removes those that are undefined, while `act` runs. The forger also writes the manifest anew, so
   * that digests give nothing away.
   */
  changed(
    change: ReadonlyMap<string, Uint8Array | undefined>,
    by: "accident" | "forger",
    act: () => Promise<void>,
  ): Promise<void>;
}

/** Opens the bundle in a directory. */
export function openBundleDirectory(path: string): BundleDirectory {
  const files = new Map<string, Buffer>();
  for (const item of readdirSync(path, { recursive: true, withFileTypes: true })) {
    const file = join(item.parentPath, item.name);
    if (item.isFile()) files.set(relative(path, file).split(sep).join("/"), readFileSync(file));
  }

  function put(name: string, bytes: Uint8Array | undefined): void {
    const file = join(path, name);
    mkdirSync(dirname(file), { recursive: true });
    if (bytes === undefined) rmSync(file, { force: true });
    else writeFileSync(file, bytes);
  }

  return {
    path,
    files,
    async changed(change, by, act) {
      const all = by === "forger" ? new Map([...change, [MANIFEST, manifestAfter(files, change)]]) : change;
      for (const [name, bytes] of all) put(name, bytes);
      try {
        await act();
      } finally {
        for (const name of all.keys()) put(name, files.get(name));
      }
    },
  };
}

interface Manifest {
  files: Record<string, { bytes: number; sha256: string }>;
}

function manifestAfter(
  files: ReadonlyMap<string, Buffer>,
  change: ReadonlyMap<string, Uint8Array | undefined>,
): Uint8Array {
  const manifest = JSON.parse(String(files.get(MANIFEST))) as Manifest;
  for (const [name, bytes] of change) {
    if (bytes === undefined) delete manifest.files[name];
    else manifest.files[name] = { bytes: bytes.length, sha256: hash("sha256", bytes) };
  }
  return Buffer.from(JSON.stringify(manifest));
}
