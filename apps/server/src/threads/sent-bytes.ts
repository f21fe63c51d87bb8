/** Bytes on their way to another thread: short ones as a text with a character for each, which costs a fraction of a buffer. */
export type SentBytes = Uint8Array | string;

const MAX_TEXT_BYTES = 4_096;

/** Makes bytes ready to be sent; a long buffer that shares its memory is copied, so that it can be moved. */
export function sendBytes(bytes: Uint8Array): SentBytes {
  if (bytes.length <= MAX_TEXT_BYTES) return asBuffer(bytes).toString("latin1");
  return bytes.byteLength === bytes.buffer.byteLength && bytes.buffer instanceof ArrayBuffer
    ? bytes
    : new Uint8Array(bytes);
}

/** The memory to move along with sent bytes. */
export function movedWith(sent: SentBytes): ArrayBuffer[] {
  return typeof sent === "string" ? [] : [sent.buffer as ArrayBuffer];
}

/** Gives back what {@link sendBytes} was given. */
export function receiveBytes(sent: SentBytes): Uint8Array {
  return typeof sent === "string" ? Buffer.from(sent, "latin1") : sent;
}

function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
}
