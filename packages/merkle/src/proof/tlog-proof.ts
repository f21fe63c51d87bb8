import { base64Decode, base64Encode } from "../bytes/base64.ts";
import { concatBytes, copyBytes } from "../bytes/compare.ts";
import { decodeUtf8, encodeUtf8 } from "../bytes/utf8.ts";
import { MerkleError } from "../error.ts";
import { MAX_NOTE_BYTES } from "../note/limits.ts";
import { parseNote } from "../note/note.ts";
import { HASH_LENGTH } from "../sha256/sha256.ts";

/** A proof that one entry is in a log, complete with the checkpoint it leads to: C2SP tlog-proof. */
export interface TlogProof {
  /** Whatever the application puts there; not authenticated by the proof. Cairn's is a {@link ProofExtra}. */
  readonly extra: Uint8Array | undefined;
  readonly index: bigint;
  /** Leaf's sibling first. */
  readonly hashes: readonly Uint8Array[];
  /** The signed note, verbatim. */
  readonly checkpoint: Uint8Array;
}

const FIRST_LINE = "c2sp.org/tlog-proof@v1";
/** Longest `extra` read, before base64: the disclosure of the largest event (256 KiB, 1,024 units) is under 1 MiB. */
export const MAX_EXTRA_BYTES = 4 << 20;
/** Most hashes: the height of a tree of 2^64 leaves. */
const MAX_HASHES = 64;
const MAX_HEADER_BYTES = Math.ceil(MAX_EXTRA_BYTES / 3) * 4 + 8 * 1024;

/** Writes a proof. Throws `malformed_proof` or `malformed_note` for what `parseTlogProof` would refuse. */
export function formatTlogProof(proof: TlogProof): Uint8Array {
  const lines = [
    FIRST_LINE,
    ...(proof.extra === undefined ? [] : [`extra ${base64Encode(proof.extra)}`]),
    `index ${proof.index}`,
    ...proof.hashes.map(base64Encode),
  ];
  const bytes = concatBytes(encodeUtf8(`${lines.join("\n")}\n\n`), proof.checkpoint);
  parseTlogProof(bytes);
  return bytes;
}

/** Reads a proof. Its checkpoint is checked for form only. Throws `malformed_proof` or `malformed_note`. */
export function parseTlogProof(proof: Uint8Array): TlogProof {
  const split = findEmptyLine(proof);
  const lines = headerLines(proof.subarray(0, split + 1));
  if (lines.shift() !== FIRST_LINE) throw malformed(`it does not begin with ${FIRST_LINE}`);
  const extra = lines[0]?.startsWith("extra ") ? decode(lines.shift()!.slice("extra ".length)) : undefined;
  if (extra !== undefined && extra.length > MAX_EXTRA_BYTES) throw malformed("its extra data is too long");
  const [, index] = /^index (0|[1-9][0-9]{0,19})$/.exec(lines.shift() ?? "") ?? [];
  if (index === undefined || BigInt(index) >= 2n ** 64n)
    throw malformed("its index is not a decimal number of 64 bits");
  if (lines.length > MAX_HASHES) throw malformed(`it has more than ${MAX_HASHES} hashes`);
  const hashes = lines.map(decode);
  if (hashes.some((hash) => hash.length !== HASH_LENGTH)) throw malformed(`a hash has not ${HASH_LENGTH} bytes`);
  const checkpoint = copyBytes(proof, split + 2);
  parseNote(checkpoint);
  return { extra, index: BigInt(index), hashes, checkpoint };
}

/** Finds the first of two newlines in a row. */
function findEmptyLine(proof: Uint8Array): number {
  for (let at = 0; at < proof.length && at <= MAX_HEADER_BYTES; at++) {
    if (proof[at] === 0x0a && proof[at + 1] === 0x0a) return at;
  }
  throw malformed("it has no empty line before its checkpoint");
}

function headerLines(header: Uint8Array): string[] {
  try {
    return decodeUtf8(header).slice(0, -1).split("\n");
  } catch (cause) {
    throw new MerkleError("malformed_proof", "the proof is malformed: it is not UTF-8", { cause });
  }
}

function decode(base64: string): Uint8Array {
  try {
    return base64Decode(base64);
  } catch (cause) {
    throw new MerkleError("malformed_proof", "the proof is malformed: a line is not base64", { cause });
  }
}

function malformed(why: string): MerkleError {
  return new MerkleError("malformed_proof", `the proof is malformed: ${why}`);
}

/** Longest proof that can be read. */
export const MAX_PROOF_BYTES = MAX_HEADER_BYTES + MAX_NOTE_BYTES;
