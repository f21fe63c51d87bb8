import { SourceError } from "../core/source-error.ts";

/** Longest message: an event holds 256 KiB, an audit message a little more; a sender of 20 MB is sending something else. */
export const MAX_SYSLOG_BYTES = 1 << 20;
/** Digits of the longest length. */
const MAX_LENGTH_DIGITS = 7;

const SPACE = 0x20;
const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;
const NUL = 0x00;
const DIGIT_0 = 0x30;
const DIGIT_9 = 0x39;

/** What bytes of a connection were found to be. */
export interface FramedMessages {
  /** Messages that are complete now. */
  readonly messages: readonly Uint8Array[];
  /** syslog_invalid or too_large: the connection is lost, because nobody can tell where the next message begins. */
  readonly fault?: SourceError;
}

/** Cuts one connection's bytes into messages. */
export interface SyslogFramer {
  /** Takes some more bytes. Behind a fault there is nothing more to be read. */
  readonly push: (bytes: Uint8Array) => FramedMessages;
  /** Ends the connection; gives a last line without its end. Half a counted message is a fault. */
  readonly end: () => FramedMessages;
  /** Bytes that are no complete message yet. */
  readonly rest: () => Uint8Array;
}

/**
 * Makes a framer for RFC 6587 and RFC 5425: each message either has its length in bytes and a space before it, or ends with
 * a line feed (or NUL). Which it is, its first byte says.
 */
export function createSyslogFramer(): SyslogFramer {
  let pending: Uint8Array = new Uint8Array(0);
  /** Bytes of `pending` that hold no end of a line. */
  let searched = 0;

  function take(length: number): Uint8Array {
    const taken = pending.subarray(0, length);
    searched = 0;
    pending = pending.subarray(length);
    return taken;
  }

  /** Gives the next message, or undefined when it is not complete. */
  function next(): Uint8Array | undefined {
    let start = 0;
    while (isBlank(pending[start])) start++;
    if (start > 0) take(start);
    const [first] = pending;
    if (first === undefined) return undefined;
    return first > DIGIT_0 && first <= DIGIT_9 ? counted() : line();
  }

  function counted(): Uint8Array | undefined {
    const space = pending.subarray(0, MAX_LENGTH_DIGITS + 1).indexOf(SPACE);
    if (space === -1) {
      if (pending.length > MAX_LENGTH_DIGITS) throw invalid("a message has no length");
      return undefined;
    }
    const digits = Buffer.from(pending.subarray(0, space)).toString("latin1");
    if (!/^\d+$/.test(digits)) throw invalid("a message has no length");
    const length = Number(digits);
    if (length > MAX_SYSLOG_BYTES) throw tooLarge();
    if (pending.length < space + 1 + length) return undefined;
    take(space + 1);
    return take(length);
  }

  function line(): Uint8Array | undefined {
    const ends = [pending.indexOf(LINE_FEED, searched), pending.indexOf(NUL, searched)].filter((at) => at !== -1);
    const end = ends.length === 0 ? -1 : Math.min(...ends);
    searched = pending.length;
    if (end > MAX_SYSLOG_BYTES || (end === -1 && pending.length > MAX_SYSLOG_BYTES)) throw tooLarge();
    if (end === -1) return undefined;
    const message = take(end + 1).subarray(0, end);
    return message.at(-1) === CARRIAGE_RETURN ? message.subarray(0, -1) : message;
  }

  /** Every message that is complete, up to a fault. */
  function complete(): FramedMessages {
    const messages: Uint8Array[] = [];
    try {
      for (let message = next(); message !== undefined; message = next()) {
        // A copy: the buffer that it is a part of may be used again by who reads from the network.
        if (message.length > 0) messages.push(Uint8Array.from(message));
      }
    } catch (error) {
      if (error instanceof SourceError) return { messages, fault: error };
      throw error;
    }
    return { messages };
  }

  return {
    push(bytes) {
      pending = pending.length === 0 ? bytes : Buffer.concat([pending, bytes]);
      const framed = complete();
      pending = Uint8Array.from(pending);
      return framed;
    },
    end() {
      const framed = complete();
      const [first] = pending;
      if (framed.fault !== undefined || first === undefined) return framed;
      if (first > DIGIT_0 && first <= DIGIT_9)
        return { ...framed, fault: invalid("the connection ended inside of a message") };
      const last = pending;
      pending = new Uint8Array(0);
      return { messages: [...framed.messages, last] };
    },
    rest: () => pending,
  };
}

function isBlank(byte: number | undefined): boolean {
  return byte === LINE_FEED || byte === CARRIAGE_RETURN || byte === SPACE || byte === NUL;
}

function invalid(message: string): SourceError {
  return new SourceError("syslog_invalid", message);
}

function tooLarge(): SourceError {
  return new SourceError("too_large", `a message has more than ${MAX_SYSLOG_BYTES} bytes`);
}
