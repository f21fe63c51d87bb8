import { ipHex } from "@cairn/event";

/** Sixteen zero bytes: no address. */
const NONE = new Uint8Array(16);
/** A product sees far fewer addresses at a time; reading one costs a microsecond, remembering it 50 ns. */
const REMEMBERED = 50_000;
const remembered = new Map<string, Uint8Array>();

/** The 16 bytes of an address as the index holds it; zeros when the text is none. */
export function addressBytes(text: string): Uint8Array {
  const found = remembered.get(text);
  if (found !== undefined) return found;
  const hex = ipHex(text);
  const bytes = hex === undefined ? NONE : Uint8Array.from(hex.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
  if (remembered.size >= REMEMBERED) remembered.clear();
  remembered.set(text, bytes);
  return bytes;
}
