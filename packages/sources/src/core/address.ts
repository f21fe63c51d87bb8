import { canonicalIp } from "@cairn/event";

/** Canonical form of an address as proxies and Microsoft write them; undefined when it is a host name. */
export function addressOf(value: string): string | undefined {
  try {
    return canonicalIp(value, "");
  } catch {
    return undefined;
  }
}
