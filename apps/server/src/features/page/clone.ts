import { existsSync } from "node:fs";

/** Found above the sources and above the bundle that is made of them. */
const MARK = "apps/server/bin/cairn.mjs";

/** The clone that Cairn runs from: the built page and the documents are there. */
export const CLONE = cloneAbove(new URL("./", import.meta.url));

function cloneAbove(directory: URL): URL {
  if (existsSync(new URL(MARK, directory))) return directory;
  const above = new URL("../", directory);
  if (above.href === directory.href) throw new Error(`BUG: no ${MARK} above ${import.meta.url}`);
  return cloneAbove(above);
}
