import { JOINT_REF, partPath } from "@cairn/event";
import { commitUnit, HASH_LENGTH, SALT_LENGTH } from "@cairn/merkle";
import { saltsOf } from "../block/block.ts";
import { saltStream } from "../crypto/salts.ts";
import { LedgerError } from "../error.ts";
import type { StoredEvent } from "../read/stored-event.ts";

/** What all lines of a bundle have in common. */
export interface LineOptions {
  readonly ledger: number;
  readonly origin: string;
  /** Which units are shown; all of them when undefined. */
  readonly show: ((path: string) => boolean) | undefined;
}

/** Writes lines of `events.ndjson` (docs/formats/bundle.md) one behind the other. */
export interface LineWriter {
  /** Writes the line of an event, its newline included, and gives where it ends in `bytes()`. */
  event(event: StoredEvent): number;
  /** Writes the line of an event whose body is gone. */
  deleted(sequence: number): number;
  /** All that was written since the last `clear`; valid until the next call of another function. */
  bytes(): Buffer;
  clear(): void;
}

const START_BYTES = 1 << 20;
/** Paths whose bytes are kept: the same few hundred come again and again, those with a person's name in them less often. */
const MAX_KEPT_PATHS = 4_096;
/** Salts made at a time: those of the next thirty events of a batch, for which a cipher need not be set up again. */
const SALTS_AHEAD = 512;

const DIGITS = Buffer.from("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/");
const PADDING = 0x3d;
const MIDDLE = Buffer.from('","');
const UNIT_END = Buffer.from('"]');

/** Makes a writer that goes from what is stored to the bytes of a line, without a value or a text in between for each unit. */
export function createLineWriter({ ledger, origin, show }: LineOptions): LineWriter {
  const originText = JSON.stringify(origin);
  const head = `{"ledger":${ledger},"sequence":`;
  const salts = createSalts();
  const heads = new Map<string, Buffer>();
  let out = Buffer.alloc(START_BYTES);
  let length = 0;
  let unit = Buffer.alloc(4_096);

  function reserve(byteLength: number): void {
    if (length + byteLength <= out.length) return;
    const larger = Buffer.alloc(Math.max(2 * out.length, length + byteLength));
    out.copy(larger, 0, 0, length);
    out = larger;
  }

  function text(ascii: string): void {
    reserve(ascii.length);
    length += out.write(ascii, length, "latin1");
  }

  function base64(bytes: Uint8Array, end: number): void {
    let i = 0;
    let at = length;
    for (; i + 2 < end; i += 3) {
      const group = (bytes[i]! << 16) | (bytes[i + 1]! << 8) | bytes[i + 2]!;
      out[at] = DIGITS[group >> 18]!;
      out[at + 1] = DIGITS[(group >> 12) & 63]!;
      out[at + 2] = DIGITS[(group >> 6) & 63]!;
      out[at + 3] = DIGITS[group & 63]!;
      at += 4;
    }
    if (i < end) {
      const isOne = i + 1 === end;
      const group = (bytes[i]! << 16) | (isOne ? 0 : bytes[i + 1]! << 8);
      out[at] = DIGITS[group >> 18]!;
      out[at + 1] = DIGITS[(group >> 12) & 63]!;
      out[at + 2] = isOne ? PADDING : DIGITS[(group >> 6) & 63]!;
      out[at + 3] = PADDING;
      at += 4;
    }
    length = at;
  }

  function raw(bytes: Uint8Array): void {
    for (let i = 0; i < bytes.length; i++) out[length + i] = bytes[i]!;
    length += bytes.length;
  }

  /** Gives how the unit of a path begins: u16be length, path. */
  function headOf(path: string): Buffer {
    let bytes = heads.get(path);
    if (bytes === undefined) {
      const encoded = Buffer.from(path);
      bytes = Buffer.concat([Buffer.of(encoded.length >> 8, encoded.length & 0xff), encoded]);
      if (heads.size >= MAX_KEPT_PATHS) heads.clear();
      heads.set(path, bytes);
    }
    return bytes;
  }

  /** Puts a unit together and gives its length. */
  function compose(path: string, value: string): number {
    const start = headOf(path);
    // A character takes at most three bytes for each unit of UTF-16.
    const room = start.length + 3 * value.length;
    if (unit.length < room) unit = Buffer.alloc(2 * room);
    for (let i = 0; i < start.length; i++) unit[i] = start[i]!;
    for (let i = 0; i < value.length; i++) {
      const code = value.charCodeAt(i);
      if (code >= 0x80) return start.length + unit.write(value, start.length);
      unit[start.length + i] = code;
    }
    return start.length + value.length;
  }

  function writeUnit(salt: Uint8Array, unitLength: number): void {
    reserve(unitLength * 2 + 64);
    raw(COMMA_OR_NOT[+(length !== unitsStart)]!);
    base64(salt, SALT_LENGTH);
    raw(MIDDLE);
    base64(unit, unitLength);
    raw(UNIT_END);
  }

  /** Where the units of the line under way begin. */
  let unitsStart = 0;

  return {
    event(event) {
      const redacted: Uint8Array[] = [];
      text(`${head}${event.sequence},"disclosure":{"v":1,"units":[`);
      unitsStart = length;
      const place = (path: string, salt: Uint8Array, value: string): void => {
        const unitLength = compose(path, value);
        if (show === undefined || show(path)) writeUnit(salt, unitLength);
        else redacted.push(commitUnit(salt, unit.subarray(0, unitLength)));
      };
      const { paths, values, parts } = event;
      const own = salts.of(event);
      place("/log", own.subarray(0, SALT_LENGTH), originText);
      for (let i = 0; i < paths.length; i++) {
        place(paths[i]!, own.subarray((i + 1) * SALT_LENGTH, (i + 2) * SALT_LENGTH), values[i]!);
      }
      for (const { refs, value, salt, commitment } of parts) {
        if (value !== undefined && salt !== undefined)
          place(partPath(refs.length === 1 ? refs[0]! : JOINT_REF), salt, value);
        else if (commitment !== undefined) redacted.push(commitment);
        else throw new LedgerError("corrupt", `event ${event.sequence} has a unit with neither value nor commitment`);
      }
      text('],"redacted":[');
      for (const [i, commitment] of redacted.entries()) {
        text(i === 0 ? '"' : ',"');
        reserve(2 * HASH_LENGTH);
        base64(commitment, HASH_LENGTH);
        text('"');
      }
      text("]}}\n");
      return length;
    },

    deleted(sequence) {
      text(`${head}${sequence},"deleted":true}\n`);
      return length;
    },

    bytes: () => out.subarray(0, length),

    clear() {
      length = 0;
    },
  };
}

/** How a unit begins: the first, and each after it. */
const COMMA_OR_NOT = [Buffer.from('["'), Buffer.from(',["')] as const;

/** Makes the salts of events whose streams are read from one end to the other, several in turn. */
function createSalts(): { of(event: StoredEvent): Uint8Array } {
  const streams = new WeakMap<Uint8Array, { readonly first: number; readonly bytes: Uint8Array }>();
  return {
    of({ seed, saltStart, paths }) {
      const count = saltsOf(paths.length);
      const known = streams.get(seed);
      const at = known === undefined ? -1 : saltStart - known.first;
      if (known !== undefined && at >= 0 && (at + count) * SALT_LENGTH <= known.bytes.length) {
        return known.bytes.subarray(at * SALT_LENGTH);
      }
      const bytes = saltStream(seed, saltStart, Math.max(count, SALTS_AHEAD));
      streams.set(seed, { first: saltStart, bytes });
      return bytes;
    },
  };
}
