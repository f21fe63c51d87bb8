import { BlockList, isIP } from "node:net";

/** Networks that are not the Internet (IANA special-purpose registries): nobody's settings may make the server call there. */
const NETWORKS: readonly (readonly [network: string, bits: number, family: "ipv4" | "ipv6"])[] = [
  ["0.0.0.0", 8, "ipv4"],
  ["10.0.0.0", 8, "ipv4"],
  ["100.64.0.0", 10, "ipv4"],
  ["127.0.0.0", 8, "ipv4"],
  ["169.254.0.0", 16, "ipv4"],
  ["172.16.0.0", 12, "ipv4"],
  ["192.0.0.0", 24, "ipv4"],
  ["192.168.0.0", 16, "ipv4"],
  ["198.18.0.0", 15, "ipv4"],
  ["224.0.0.0", 3, "ipv4"],
  ["::", 96, "ipv6"],
  ["64:ff9b::", 32, "ipv6"],
  ["100::", 64, "ipv6"],
  ["fc00::", 7, "ipv6"],
  ["fe80::", 10, "ipv6"],
  ["ff00::", 8, "ipv6"],
];

const list = new BlockList();
for (const [network, bits, family] of NETWORKS) list.addSubnet(network, bits, family);

/** Tells whether an address is one of this machine, of a network behind it, or of nobody. */
export function isPrivateAddress(address: string): boolean {
  // An IPv4 address written as IPv6 is the IPv4 address.
  const plain = address.replace(/^::ffff:(?=\d+\.\d+\.\d+\.\d+$)/i, "");
  const version = isIP(plain);
  if (version === 0) return true;
  return list.check(plain, version === 6 ? "ipv6" : "ipv4");
}
