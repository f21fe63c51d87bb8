import { mkdir, open, readdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import { CliFailure } from "../command/failure.ts";
import { MANIFEST_PATH } from "../files/bundle-files.ts";
import { streamFile } from "../files/open-tar.ts";
import { randomAccess } from "../files/random-access.ts";
import { TarError } from "../files/tar-header.ts";
import { indexTar, type TarFile } from "../files/tar-index.ts";

/**
 * Unpacks a bundle into a directory that exists. Nothing is written before the whole archive has been looked through, and
 * no file that exists is touched. Throws `CliFailure` for an archive that is damaged or unsafe.
 */
export async function unpackBundle(archivePath: string, directory: string): Promise<number> {
  await using handle = await open(archivePath, "r");
  const archive = await randomAccess(handle);
  let files: ReadonlyMap<string, TarFile>;
  try {
    files = withoutTop(await indexTar(archive));
  } catch (error) {
    if (error instanceof TarError) throw new CliFailure(`${archivePath}: ${error.message}`, { cause: error });
    throw error;
  }
  for (const [path, file] of files) {
    const target = join(directory, ...path.split("/"));
    await mkdir(dirname(target), { recursive: true });
    // "x": a file that is there, or a link somebody put there, is never written through.
    await using output = await open(target, "wx");
    for await (const chunk of streamFile(archive, file)) await output.writeFile(chunk);
  }
  return files.size;
}

/** Takes off the directory that everything lies in, if the manifest is in it. */
function withoutTop(files: ReadonlyMap<string, TarFile>): ReadonlyMap<string, TarFile> {
  if (files.has(MANIFEST_PATH)) return files;
  const tops = new Set([...files.keys()].map((path) => path.split("/")[0]));
  const [top] = tops;
  if (tops.size !== 1 || !files.has(`${top}/${MANIFEST_PATH}`)) return files;
  return new Map([...files].map(([path, file]) => [path.slice(`${top}/`.length), file]));
}

/** Tells whether a bundle can go into a directory: nothing is there, or only the beginning of a download. */
export async function isFreeForBundle(path: string): Promise<boolean> {
  try {
    return (await readdir(path)).every((name) => name.endsWith(".tar.part"));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return true;
    throw error;
  }
}
