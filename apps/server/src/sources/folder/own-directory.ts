import { realpath } from "node:fs/promises";
import { join, sep } from "node:path";
import { codeOf, FolderError } from "./folder-error.ts";

/** Where a tenant's files are. */
export interface TenantPlace {
  /** Directory that the operator has opened. */
  readonly watchDir: string;
  readonly projectId: string;
  readonly tenantId: string;
}

/**
 * Finds a folder of a tenant, below `<watchDir>/<project>/<tenant>`. Links may lead about in there, and not out of it.
 * @throws FolderError when there is none, or it is somewhere else
 */
export async function findOwnDirectory({ watchDir, projectId, tenantId }: TenantPlace, path: string): Promise<string> {
  const top = await placeOf(watchDir, "the directory of watched folders");
  const own = join(top, projectId, tenantId);
  // A link in place of a tenant's directory would be somebody else's.
  if ((await placeOf(own, `the directory ${projectId}/${tenantId}`)) !== own)
    throw new FolderError(`the directory ${projectId}/${tenantId} is a link`);
  const found = await placeOf(join(own, path), "the folder");
  if (found !== own && !found.startsWith(own + sep)) throw new FolderError("the folder leads out of the tenant's own");
  return found;
}

async function placeOf(path: string, what: string): Promise<string> {
  try {
    return await realpath(path);
  } catch (error) {
    const code = codeOf(error);
    throw new FolderError(code === "ENOENT" ? `${what} is not there` : `${what} cannot be read: ${code}`);
  }
}
