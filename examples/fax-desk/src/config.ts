import { readFileSync } from "node:fs";
import type { StaffMember } from "./staff.ts";

/** What the fax desk is told by its environment. */
export interface Config {
  readonly port: number;
  readonly cairn: { readonly url: string; readonly key: string };
  readonly ringCentral: {
    readonly url: string;
    readonly clientId: string;
    readonly clientSecret: string;
    readonly jwt: string;
  };
  readonly staff: readonly StaffMember[];
}

/** Reads the environment. @throws Error which names the variable that is missing */
export function readConfig(env: Readonly<Record<string, string | undefined>>): Config {
  const need = (name: string): string => {
    const value = env[name];
    if (value === undefined || value === "") throw new Error(`${name} is not set; README.md lists what has to be`);
    return value;
  };
  return {
    port: Number(env.PORT ?? 8090),
    cairn: { url: need("CAIRN_URL"), key: need("CAIRN_KEY") },
    ringCentral: {
      url: need("RC_SERVER").replace(/\/+$/, ""),
      clientId: need("RC_APP_CLIENT_ID"),
      clientSecret: need("RC_APP_CLIENT_SECRET"),
      jwt: need("RC_JWT_TOKEN"),
    },
    staff: JSON.parse(readFileSync(need("FAX_DESK_STAFF"), "utf8")) as StaffMember[],
  };
}
