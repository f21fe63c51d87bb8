import { base64Decode, base64Encode } from "../bytes/base64.ts";
import { hasControlCharacter } from "../bytes/utf8.ts";
import { MerkleError } from "../error.ts";
import { HASH_LENGTH } from "../sha256/sha256.ts";

/** A tree head as a log publishes it: C2SP tlog-checkpoint. */
export interface Checkpoint {
  /** Names the log. */
  readonly origin: string;
  readonly size: bigint;
  /** 32 bytes. */
  readonly root: Uint8Array;
}

/** A checkpoint that somebody wrote, with the lines that came after its third. */
export interface ParsedCheckpoint extends Checkpoint {
  /** Opaque; no log should use them, since monitors cannot check them. */
  readonly extensions: readonly string[];
}

const MAX_SIZE = 2n ** 64n - 1n;

/** Writes a checkpoint's text: origin, decimal size, base64 root, a line each. Throws `malformed_checkpoint`. */
export function formatCheckpoint(checkpoint: Checkpoint): string {
  const { origin, size, root } = checkpoint;
  if (!isOrigin(origin)) throw malformed("the origin is not one line of text");
  if (size < 0n || size > MAX_SIZE) throw malformed("the size is not of 64 bits");
  if (root.length !== HASH_LENGTH) throw malformed(`the root has ${root.length} bytes`);
  return `${origin}\n${size}\n${base64Encode(root)}\n`;
}

/** Reads a checkpoint's text, the part of the note that is signed. Throws `malformed_checkpoint`. */
export function parseCheckpoint(text: string): ParsedCheckpoint {
  const lines = text.split("\n");
  if (lines.pop() !== "") throw malformed("it does not end in a newline");
  const [origin = "", size = "", root = "", ...extensions] = lines;
  if (!isOrigin(origin)) throw malformed("the origin is not one line of text");
  if (!/^(?:0|[1-9][0-9]{0,19})$/.test(size) || BigInt(size) > MAX_SIZE) {
    throw malformed("the size is not a decimal number of 64 bits without leading zeroes");
  }
  if (extensions.some((line) => line === "" || hasControlCharacter(line))) {
    throw malformed("an extension line is empty or has a control character");
  }
  return { origin, size: BigInt(size), root: decodeRoot(root), extensions };
}

/** Tells whether a text can be an origin: one line, not empty, not beginning with an invisible byte order mark. */
function isOrigin(origin: string): boolean {
  return origin !== "" && !origin.startsWith("\ufeff") && origin.isWellFormed() && !hasControlCharacter(origin);
}

function decodeRoot(base64: string): Uint8Array {
  let root: Uint8Array;
  try {
    root = base64Decode(base64);
  } catch (cause) {
    throw new MerkleError("malformed_checkpoint", "the checkpoint is malformed: the root is not base64", { cause });
  }
  if (root.length !== HASH_LENGTH) throw malformed(`the root has ${root.length} bytes`);
  return root;
}

function malformed(why: string): MerkleError {
  return new MerkleError("malformed_checkpoint", `the checkpoint is malformed: ${why}`);
}
