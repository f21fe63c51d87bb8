import { SourceError } from "../core/source-error.ts";

/** A field of a protocol buffers message: its number and its value by wire type. */
export type WireField =
  | { readonly number: number; readonly kind: "varint"; readonly value: bigint }
  | { readonly number: number; readonly kind: "fixed64"; readonly value: bigint }
  | { readonly number: number; readonly kind: "bytes"; readonly value: Uint8Array }
  | { readonly number: number; readonly kind: "fixed32"; readonly value: number };

/**
 * Reads the fields of a message in their order; groups (wire types 3 and 4) are refused, as no format read here has them.
 * @throws SourceError protobuf_invalid
 */
export function* readFields(bytes: Uint8Array): Generator<WireField, void, undefined> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let at = 0;

  function varint(): bigint {
    let value = 0n;
    for (let shift = 0n; shift < 70n; shift += 7n) {
      const byte = bytes[at];
      if (byte === undefined) throw invalid("a number is cut off", at);
      at++;
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return BigInt.asUintN(64, value);
    }
    throw invalid("a number has more than ten bytes", at);
  }

  function take(length: number): number {
    if (length > bytes.length - at) throw invalid("a field is cut off", at);
    at += length;
    return at - length;
  }

  while (at < bytes.length) {
    const tag = varint();
    const number = Number(tag >> 3n);
    if (number === 0 || number > MAX_NUMBER) throw invalid("a field has no number", at);
    switch (Number(tag & 7n)) {
      case 0:
        yield { number, kind: "varint", value: varint() };
        break;
      case 1:
        yield { number, kind: "fixed64", value: view.getBigUint64(take(8), true) };
        break;
      case 2: {
        const length = varint();
        if (length > BigInt(bytes.length)) throw invalid("a field is cut off", at);
        const start = take(Number(length));
        yield { number, kind: "bytes", value: bytes.subarray(start, at) };
        break;
      }
      case 5:
        yield { number, kind: "fixed32", value: view.getUint32(take(4), true) };
        break;
      default:
        throw invalid("a field has an unknown wire type", at);
    }
  }
}

const MAX_NUMBER = 2 ** 29 - 1;

const decoder = new TextDecoder("utf-8", { fatal: true });

/** Decodes a text field. @throws SourceError protobuf_invalid */
export function textField(bytes: Uint8Array): string {
  try {
    return decoder.decode(bytes);
  } catch {
    throw new SourceError("protobuf_invalid", "a text is not UTF-8");
  }
}

function invalid(message: string, offset: number): SourceError {
  return new SourceError("protobuf_invalid", message, { offset });
}
