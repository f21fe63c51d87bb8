import { join } from "node:path";

/** How the command line finds a running server: a loopback port and a password, readable by the owner of the data only. */
export interface AdminAddress {
  readonly port: number;
  readonly password: string;
  readonly pid: number;
}

/** Where a running server leaves it. */
export function addressFile(dataDir: string): string {
  return join(dataDir, "admin.json");
}
