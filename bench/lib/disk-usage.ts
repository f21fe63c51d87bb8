import { lstatSync, readdirSync } from "node:fs";
import { join } from "node:path";

/** Bytes that files and directories take up on the disk: allocated blocks, not lengths. */
export function diskBytes(path: string): number {
  const status = lstatSync(path, { throwIfNoEntry: false });
  if (status === undefined) return 0;
  const own = status.blocks * 512;
  if (!status.isDirectory()) return own;
  return readdirSync(path).reduce((sum, name) => sum + diskBytes(join(path, name)), own);
}
