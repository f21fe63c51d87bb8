import { base64Decode, base64Encode } from "../bytes/base64.ts";
import { concatBytes } from "../bytes/compare.ts";
import { decodeUtf8, encodeUtf8 } from "../bytes/utf8.ts";
import { MerkleError } from "../error.ts";
import { MAX_NOTE_BYTES, MAX_SIGNATURES } from "./limits.ts";
import { isKeyName } from "./vkey.ts";

/** One signature line of a note. */
export interface NoteSignature {
  readonly name: string;
  /** Unsigned 32-bit number. */
  readonly keyId: number;
  /** What the algorithm made, without the key ID. */
  readonly signature: Uint8Array;
}

/** A signed note taken apart; nothing in it has been verified. */
export interface Note {
  /** The signed text, with its final newline. */
  readonly text: string;
  readonly signatures: readonly NoteSignature[];
}

const LINE_START = "— ";
const KEY_ID_BYTES = 4;

/**
 * Takes a signed note apart: C2SP signed-note. A byte order mark or a carriage return is never dropped. Throws
 * `malformed_note`.
 */
export function parseNote(note: Uint8Array | string): Note {
  const whole = decode(note);
  // The text may have empty lines; the last one separates it from the signatures.
  const split = whole.lastIndexOf("\n\n");
  if (split === -1) throw malformed("it has no empty line before its signatures");
  const lines = whole.slice(split + 2).split("\n");
  if (lines.pop() !== "") throw malformed("it does not end in a newline");
  if (lines.length === 0) throw malformed("it has no signature");
  if (lines.length > MAX_SIGNATURES) throw malformed(`it has more than ${MAX_SIGNATURES} signatures`);
  return { text: whole.slice(0, split + 1), signatures: lines.map(parseSignatureLine) };
}

/** Writes a note. Throws `malformed_note` for what `parseNote` would refuse. */
export function formatNote(note: Note): string {
  if (!note.text.endsWith("\n")) throw malformed("its text does not end in a newline");
  const whole = `${note.text}\n${note.signatures.map((signature) => `${formatSignatureLine(signature)}\n`).join("")}`;
  parseNote(whole);
  return whole;
}

/** Reads one signature line, without its newline. Throws `malformed_note`. */
export function parseSignatureLine(line: string): NoteSignature {
  const [name, encoded, ...rest] = line.startsWith(LINE_START) ? line.slice(LINE_START.length).split(" ") : [];
  if (name === undefined || encoded === undefined || rest.length > 0 || !isKeyName(name)) {
    throw malformed("a signature line is not an em dash, a key name and base64");
  }
  const blob = decodeSignature(encoded);
  if (blob.length <= KEY_ID_BYTES) throw malformed("a signature is shorter than its key ID");
  return { name, keyId: new DataView(blob.buffer, blob.byteOffset).getUint32(0), signature: blob.slice(KEY_ID_BYTES) };
}

/** Writes one signature line, without a newline. */
export function formatSignatureLine(line: NoteSignature): string {
  const id = new Uint8Array(KEY_ID_BYTES);
  new DataView(id.buffer).setUint32(0, line.keyId);
  return `${LINE_START}${line.name} ${base64Encode(concatBytes(id, line.signature))}`;
}

function decode(note: Uint8Array | string): string {
  // UTF-8 is never shorter than the number of UTF-16 units, so this bounds the work for both.
  if (note.length > MAX_NOTE_BYTES) throw malformed(`it has more than ${MAX_NOTE_BYTES} bytes`);
  try {
    const bytes = typeof note === "string" ? encodeUtf8(note) : note;
    if (bytes.some((byte) => byte < 0x20 && byte !== 0x0a)) throw malformed("it has a control character");
    return typeof note === "string" ? note : decodeUtf8(bytes);
  } catch (cause) {
    if (cause instanceof MerkleError && cause.code === "malformed_note") throw cause;
    throw new MerkleError("malformed_note", "the note is malformed: it is not UTF-8", { cause });
  }
}

function decodeSignature(base64: string): Uint8Array {
  try {
    return base64Decode(base64);
  } catch (cause) {
    throw new MerkleError("malformed_note", "the note is malformed: a signature is not base64", { cause });
  }
}

function malformed(why: string): MerkleError {
  return new MerkleError("malformed_note", `the note is malformed: ${why}`);
}
