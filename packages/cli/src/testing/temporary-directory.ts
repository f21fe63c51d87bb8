import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A directory that goes when its scope ends. */
export interface TemporaryDirectory extends AsyncDisposable {
  readonly path: string;
  /** A path in it. */
  readonly file: (name: string) => string;
}

/** Makes an empty directory. */
export async function temporaryDirectory(): Promise<TemporaryDirectory> {
  const path = await mkdtemp(join(tmpdir(), "cairn-cli-"));
  return {
    path,
    file: (name) => join(path, name),
    [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }),
  };
}
