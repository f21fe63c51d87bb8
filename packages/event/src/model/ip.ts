import { CairnError } from "./errors.ts";

const IPV4 = /^(?:(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)\.){3}(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)$/;

/**
 * Normalises an address: IPv4 in dotted decimal, IPv6 by RFC 5952, IPv4-mapped IPv6 as IPv4. Brackets and a port are
 * taken off, because proxies write them.
 * @throws CairnError ip_invalid
 */
export function canonicalIp(text: string, pointer: string): string {
  if (IPV4.test(text)) return text;
  const withPort = /^\[([^\]]+)\](?::\d{1,5})?$/.exec(text) ?? /^(\d+\.\d+\.\d+\.\d+):\d{1,5}$/.exec(text);
  const bare = withPort?.[1] ?? text;
  if (IPV4.test(bare)) return bare;
  const groups = ipv6Groups(bare.replace(/%[0-9A-Za-z._-]+$/, ""));
  if (groups === undefined)
    throw new CairnError("ip_invalid", `${JSON.stringify(text)} is not an IP address`, { pointer });
  return formatIpv6(groups);
}

/** Gives the 16 bytes of an address, IPv4 as IPv4-mapped IPv6 (RFC 4291 §2.5.5.2), or undefined. */
export function ipBytes(text: string): Uint8Array | undefined {
  const bytes = new Uint8Array(16);
  if (IPV4.test(text)) {
    bytes[10] = bytes[11] = 0xff;
    bytes.set(text.split(".").map(Number), 12);
    return bytes;
  }
  const groups = ipv6Groups(text);
  if (groups === undefined) return undefined;
  for (let i = 0; i < 8; i++) {
    bytes[2 * i] = (groups[i] ?? 0) >> 8;
    bytes[2 * i + 1] = (groups[i] ?? 0) & 0xff;
  }
  return bytes;
}

function ipv6Groups(text: string): number[] | undefined {
  if (!/^[0-9a-fA-F:.]{2,45}$/.test(text)) return undefined;
  const halves = text.split("::");
  if (halves.length > 2) return undefined;
  const sides: number[][] = [];
  for (const half of halves) {
    const side: number[] = [];
    const parts = half === "" ? [] : half.split(":");
    for (const [i, part] of parts.entries()) {
      if (part.includes(".")) {
        const isLast = i === parts.length - 1 && half === halves.at(-1);
        if (!isLast || !IPV4.test(part)) return undefined;
        const [a = 0, b = 0, c = 0, d = 0] = part.split(".").map(Number);
        side.push(a * 256 + b, c * 256 + d);
      } else if (/^[0-9a-fA-F]{1,4}$/.test(part)) side.push(Number.parseInt(part, 16));
      else return undefined;
    }
    sides.push(side);
  }
  const [left = [], right = []] = sides;
  if (halves.length === 1) return left.length === 8 ? left : undefined;
  const missing = 8 - left.length - right.length;
  return missing < 1 ? undefined : [...left, ...new Array<number>(missing).fill(0), ...right];
}

function formatIpv6(groups: readonly number[]): string {
  if (groups.slice(0, 5).every((group) => group === 0) && groups[5] === 0xffff) {
    const [high = 0, low = 0] = groups.slice(6);
    return `${high >> 8}.${high & 0xff}.${low >> 8}.${low & 0xff}`;
  }
  // RFC 5952 §4.2: the longest run of two or more zero groups becomes "::", the first one if several are equal.
  let best = { start: -1, length: 1 };
  for (let start = 0; start < 8; start++) {
    let length = 0;
    while (start + length < 8 && groups[start + length] === 0) length++;
    if (length > best.length) best = { start, length };
  }
  const hex = groups.map((group) => group.toString(16));
  if (best.start === -1) return hex.join(":");
  return `${hex.slice(0, best.start).join(":")}::${hex.slice(best.start + best.length).join(":")}`;
}
