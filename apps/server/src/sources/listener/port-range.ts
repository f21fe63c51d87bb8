/** Ports from the first to the last, both of them in. */
export interface PortRange {
  readonly first: number;
  readonly last: number;
}

/** Reads `6514-6599`, or one port; undefined when it is none. */
export function parsePortRange(text: string): PortRange | undefined {
  const [, first = "", last = first] = /^(\d{1,5})(?:-(\d{1,5}))?$/.exec(text.trim()) ?? [];
  const range = { first: Number(first), last: Number(last) };
  return range.first >= 1 && range.last <= 65_535 && range.first <= range.last ? range : undefined;
}

/** Tells whether a port is within a range. */
export function isInRange({ first, last }: PortRange, port: number): boolean {
  return port >= first && port <= last;
}
