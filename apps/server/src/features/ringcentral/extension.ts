import { createHash } from "node:crypto";
import type { Entered } from "../../http/principal.ts";

/** Below what a double holds exactly: clients read these as numbers. */
const ID_BYTES = 6;

/** The number under which a key is an extension: made of its id, because RingCentral's are numbers. */
export function extensionNumberOf(keyId: string): number {
  return createHash("sha256").update(keyId).digest().readUIntBE(0, ID_BYTES);
}

/** Presents a key as the extension that is signed in. What members are called is none of its business. */
export function presentExtension({ principal, tenant }: Entered, serverUrl: string) {
  const account = `${serverUrl}/restapi/v1.0/account/${encodeURIComponent(tenant.id)}`;
  const id = extensionNumberOf(principal.id);
  return {
    uri: `${account}/extension/${id}`,
    id,
    extensionNumber: String(id),
    ...(principal.kind === "key" && principal.name !== undefined ? { name: principal.name } : {}),
    type: "User",
    status: "Enabled",
    account: { uri: account, id: tenant.id },
  };
}
