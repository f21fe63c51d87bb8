import { BlockList, isIPv6 } from "node:net";
import { CairnError } from "@cairn/event";
import type { AccessStore, ApiKey } from "@cairn/ledger";
import { isOperatorTenant } from "../access/operator-tenant.ts";
import { permissionsOfScopes } from "../access/permissions.ts";
import type { Principal } from "../access/principal.ts";
import { demandLive } from "../access/standing.ts";
import type { ServerContext } from "../context.ts";

/** Keys looked up lately: a change made beside this process, if there were one, is seen after so long. */
const KEY_CACHE_MS = 2_000;
const MAX_CACHED_KEYS = 10_000;

/** Finds keys by their text and remembers them for a moment. Every change of access forgets them all: a revoked key ends at once. */
export class KeyCache {
  private readonly access: AccessStore;
  private readonly known = new Map<string, { readonly key: ApiKey; readonly atMs: number }>();

  constructor(access: AccessStore) {
    this.access = access;
  }

  forget(): void {
    this.known.clear();
  }

  find(text: string, nowMs: number): ApiKey | undefined {
    const cached = this.known.get(text);
    if (cached !== undefined && nowMs - cached.atMs < KEY_CACHE_MS && (cached.key.expiresAtMs ?? nowMs + 1) > nowMs)
      return cached.key;
    const key = this.access.keys.findByText(text, nowMs);
    if (key === undefined) {
      this.known.delete(text);
      return undefined;
    }
    if (this.known.size >= MAX_CACHED_KEYS) this.known.clear();
    this.known.set(text, { key, atMs: nowMs });
    return key;
  }
}

/** Longest text that can be a key. */
const MAX_KEY_CHARS = 200;

/** Tells whose key a text is. @throws CairnError tenant_suspended, address_forbidden */
export function identifyKey(context: ServerContext, text: string, address: string): Principal | undefined {
  const key = text.length > MAX_KEY_CHARS ? undefined : context.keys.find(text, Date.now());
  return key === undefined ? undefined : admitKey(context, key, address);
}

/** Lets a live key in from an address; undefined when its tenant is gone. @throws CairnError tenant_suspended, address_forbidden */
export function admitKey(context: ServerContext, key: ApiKey, address: string): Principal | undefined {
  const principal = principalOfKey(context, key);
  if (principal === undefined) return undefined;
  if (key.addresses !== undefined && !isWithin(address, key.addresses)) {
    context.readings.refusedAddress(principal, address);
    throw new CairnError("address_forbidden", "the key may not be used from this address");
  }
  context.readings.keyUsed(key, Date.now());
  return principal;
}

/** What a key lets do; undefined when its tenant is gone. @throws CairnError tenant_suspended */
export function principalOfKey(context: ServerContext, key: ApiKey): Principal | undefined {
  const tenant = key.tenantNo === undefined ? undefined : context.lately.tenant(key.tenantNo);
  if (key.tenantNo !== undefined) {
    if (tenant === undefined || tenant.deletedAtMs !== undefined) return undefined;
    demandLive(tenant);
  }
  const isOperator = tenant !== undefined && isOperatorTenant(tenant);
  return {
    kind: "key",
    id: key.id,
    projectNo: key.projectNo,
    tenantNo: key.tenantNo,
    permissions: permissionsOfScopes(key.scopes, isOperator ? "instance" : tenant === undefined ? "project" : "tenant"),
    isOperator,
    wall: undefined,
    name: key.name,
  };
}

const lists = new WeakMap<readonly string[], BlockList>();

function isWithin(address: string, networks: readonly string[]): boolean {
  let list = lists.get(networks);
  if (list === undefined) {
    list = blockList(networks);
    lists.set(networks, list);
  }
  // An IPv4 address over a dual-stack socket is written as IPv6; a list of IPv4 networks knows it as such.
  const plain = address.replace(/^::ffff:(?=\d+\.)/i, "");
  return list.check(plain, isIPv6(plain) ? "ipv6" : "ipv4");
}

/** Makes networks in CIDR notation, or single addresses, searchable. @throws CairnError parameter_invalid */
export function blockList(networks: readonly string[]): BlockList {
  const list = new BlockList();
  for (const network of networks) {
    const [address = "", bits] = network.split("/");
    const family = isIPv6(address) ? "ipv6" : "ipv4";
    try {
      if (bits === undefined) list.addAddress(address, family);
      else if (!/^\d{1,3}$/.test(bits)) throw new Error("not a number");
      else list.addSubnet(address, Number(bits), family);
    } catch (cause) {
      throw new CairnError("parameter_invalid", `${network.slice(0, 60)} is not a network like 203.0.113.0/24`, {
        cause,
      });
    }
  }
  return list;
}
