import { ipBytes } from "../model/ip.ts";

/** The 16 bytes of an address (IPv4 as IPv4-mapped IPv6) as 32 hexadecimal digits: text order is address order. */
export type IpHex = string;

/** A closed range of addresses. */
export interface IpRange {
  readonly low: IpHex;
  readonly high: IpHex;
}

/** The address in hexadecimal, or undefined when the text is none, or is `::`, which stands for "no address". */
export function ipHex(text: string): IpHex | undefined {
  const bytes = ipBytes(text);
  if (bytes === undefined) return undefined;
  const hex = toHex(bytes);
  return hex === UNSPECIFIED ? undefined : hex;
}

const UNSPECIFIED = "0".repeat(32);
/** The lowest and highest address that an event can have. */
export const LOWEST_IP = `${"0".repeat(31)}1`;
export const HIGHEST_IP = "f".repeat(32);
const toHex = (bytes: Uint8Array) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");

/**
 * Reads an address, a CIDR block (RFC 4632, RFC 4291 §2.3; host bits may be set) or an IPv4 prefix with wildcards
 * (`10.1.*`) as a range of addresses, or gives undefined.
 */
export function parseIpRange(text: string): IpRange | undefined {
  const wildcard = /^((?:\d{1,3}\.){1,3})\*(?:\.\*){0,2}$/.exec(text);
  if (wildcard?.[1] !== undefined) {
    const octets = wildcard[1].slice(0, -1).split(".");
    if (text.split(".").length > 4) return undefined;
    return cidr(`${octets.join(".")}${".0".repeat(4 - octets.length)}`, octets.length * 8);
  }
  const [address = "", prefix, ...more] = text.split("/");
  if (more.length > 0) return undefined;
  if (prefix === undefined) {
    const hex = ipHex(address);
    return hex === undefined ? undefined : { low: hex, high: hex };
  }
  return /^\d{1,3}$/.test(prefix) ? cidr(address, Number(prefix)) : undefined;
}

function cidr(address: string, prefix: number): IpRange | undefined {
  const bytes = ipBytes(address);
  const isIpv4 = !address.includes(":");
  if (bytes === undefined || prefix > (isIpv4 ? 32 : 128)) return undefined;
  const bits = isIpv4 ? prefix + 96 : prefix;
  const low = bytes.slice();
  const high = bytes.slice();
  for (let i = 0; i < 16; i++) {
    const mask = 0xff << Math.max(0, Math.min(8, 8 - (bits - i * 8)));
    low[i] = (low[i] ?? 0) & mask;
    high[i] = ((high[i] ?? 0) | ~mask) & 0xff;
  }
  const lowHex = toHex(low);
  return { low: lowHex === UNSPECIFIED ? LOWEST_IP : lowHex, high: toHex(high) };
}

/** Writes a range end back as an address that both evaluators read: eight groups of four digits. */
export function formatIpHex(hex: IpHex): string {
  return (hex.match(/.{4}/g) ?? []).join(":");
}
