import { base64Decode, base64Encode } from "../bytes/base64.ts";
import type { Disclosure } from "../commitment/disclosure.ts";
import { MerkleError } from "../error.ts";

/**
 * What a `.tlog-proof` by Cairn carries in its `extra` line, which C2SP tlog-proof leaves to the application: the entry
 * that the leaf hash is of, and the disclosure of the event behind it unless that is deleted or stands elsewhere.
 *
 * In the file it is JSON in UTF-8: `{"v": 1, "entry": "<base64>", "disclosure": {…}}`.
 */
export interface ProofExtra {
  /** 42 bytes: `docs/formats/entry.md`. */
  readonly entry: Uint8Array;
  /** A disclosure as `verifyDisclosure` wants it, not checked. */
  readonly disclosure: unknown;
}

/** Writes the bytes of `extra`. */
export function formatProofExtra(extra: { readonly entry: Uint8Array; readonly disclosure?: Disclosure }): Uint8Array {
  const { entry, disclosure } = extra;
  return Buffer.from(
    JSON.stringify({ v: 1, entry: base64Encode(entry), ...(disclosure === undefined ? {} : { disclosure }) }),
  );
}

/** Reads the bytes of `extra`. Throws `MerkleError` `malformed_proof`. */
export function parseProofExtra(bytes: Uint8Array): ProofExtra {
  const { v, entry, disclosure, ...rest } = parseObject(bytes);
  if (v !== 1) throw malformed("it is not of version 1");
  if (entry === undefined && rest.units !== undefined) {
    throw malformed("it is a disclosure without the entry, whose time of receipt stands nowhere else");
  }
  if (typeof entry !== "string") throw malformed("it has no entry");
  const [stray] = Object.keys(rest);
  if (stray !== undefined) throw malformed(`it has a member ${JSON.stringify(stray)}`);
  return { entry: decode(entry), disclosure };
}

function parseObject(bytes: Uint8Array): Readonly<Record<string, unknown>> {
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes));
  } catch (cause) {
    throw malformed("it is not JSON in UTF-8", cause);
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw malformed("it is not an object");
  return value as Readonly<Record<string, unknown>>;
}

function decode(base64: string): Uint8Array {
  try {
    return base64Decode(base64);
  } catch (cause) {
    throw malformed("its entry is not base64", cause);
  }
}

function malformed(why: string, cause?: unknown): MerkleError {
  return new MerkleError("malformed_proof", `the extra data of the proof is malformed: ${why}`, { cause });
}
