import { CairnError } from "@cairn/event";

/** Source of the server's own events. */
export const OWN_SOURCE = "cairn";

const OWN_SOURCE_BYTES = Buffer.from(OWN_SOURCE);

/** Whether these bytes name the server's own source. */
export function isOwnSource(bytes: Uint8Array, start: number, end: number): boolean {
  if (end - start !== OWN_SOURCE_BYTES.length) return false;
  return OWN_SOURCE_BYTES.every((byte, index) => bytes[start + index] === byte);
}

/**
 * Says that a client named the server's own source: an id counts once per source, so whoever could record under that name
 * could take the ids of the server's events before it does.
 */
export function reservedSource(): CairnError {
  return new CairnError("source_reserved", `the source \`${OWN_SOURCE}\` is the server's own`, { pointer: "/source" });
}
