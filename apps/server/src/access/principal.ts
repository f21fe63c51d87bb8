import type { Role } from "@cairn/ledger";
import type { Permission } from "./permissions.ts";

/** Who sends a request, and what that lets them do. */
export interface Principal {
  /** `link`: a session that a link from the command line opened. */
  readonly kind: "key" | "member" | "link" | "viewer";
  /** Id of the key, the member or the viewer; of a link's session, its id. */
  readonly id: string;
  readonly projectNo: number;
  /** Undefined for a key of a whole project. */
  readonly tenantNo: number | undefined;
  readonly permissions: ReadonlySet<Permission>;
  /** Belongs to the operator's tenant: may name any other, too. */
  readonly isOperator: boolean;
  /** Query that nothing they read leaves. */
  readonly wall: string | undefined;
  /** Of members and links. */
  readonly role?: Role;
  readonly sessionId?: string;
  /** The tenant wants a second factor, and this session was opened without one: it is good for setting one up. */
  readonly lacksSecondFactor?: true;
  readonly name?: string;
  readonly email?: string;
  /** Of viewers: the key that vouches for them. */
  readonly keyId?: string;
}
