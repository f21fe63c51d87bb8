import type { Principal } from "../access/principal.ts";
import { demandLive } from "../access/standing.ts";
import type { ServerContext } from "../context.ts";
import { principalOfKey } from "./identify-key.ts";

/** What tokens of viewers begin with: secret scanners and this server know them by it. */
export const VIEWER_TOKEN_PREFIX = "cairn_view_";

/** Tells whether an `Authorization` header has a viewer token, of whatever worth. */
export function isViewerToken(authorization: string | undefined): boolean {
  return authorization !== undefined && new RegExp(`^Bearer ${VIEWER_TOKEN_PREFIX}`, "i").test(authorization);
}

/** What a viewer token says; nothing of it is stored. */
export interface ViewerToken {
  readonly tenantNo: number;
  /** The viewer as the product knows them. */
  readonly viewer: string;
  readonly wall: string | undefined;
  /** Key that made it: it ends with the key. */
  readonly keyId: string;
}

/** Tells whom a viewer token lets look. @throws CairnError tenant_suspended */
export function identifyViewer(context: ServerContext, text: string): Principal | undefined {
  const nowMs = Date.now();
  const token = context.viewerTokens.read(text.slice(VIEWER_TOKEN_PREFIX.length), nowMs);
  const tenant = token && context.side.registry.tenant(token.tenantNo);
  if (token === undefined || tenant === undefined || tenant.deletedAtMs !== undefined) return undefined;
  const isVouchedFor = isStillVouchedFor(context, token.keyId, nowMs);
  if (!isVouchedFor) return undefined;
  demandLive(tenant);
  return {
    kind: "viewer",
    id: token.viewer,
    projectNo: tenant.projectNo,
    tenantNo: tenant.no,
    permissions: new Set(["events:read"]),
    isOperator: false,
    wall: token.wall,
    keyId: token.keyId,
  };
}

/** A member's token lives its five minutes; a key's ends with the key. */
function isStillVouchedFor(context: ServerContext, keyId: string, nowMs: number): boolean {
  const key = context.side.access.keys.find(keyId);
  if (key === undefined) return context.side.access.members.find(keyId)?.state === "active";
  const isLive = key.revokedAtMs === undefined && (key.expiresAtMs === undefined || key.expiresAtMs > nowMs);
  return isLive && principalOfKey(context, key)?.permissions.has("viewer-tokens") === true;
}
