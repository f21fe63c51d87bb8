import { connect, type Socket } from "node:net";

/** What a request was answered with. */
export interface Answer {
  readonly status: number;
  /** Seconds of a `Retry-After` header. */
  readonly retryAfterSeconds: number | undefined;
  readonly body: string;
}

/** Which answers' bodies are kept as text. Acknowledgements are not: decoding them would be the sender's cost. */
export type KeepBody = "always" | "unless_ok";

const RECEIVE_BYTES = 128 * 1024;
const HEADER_END = Buffer.from("\r\n\r\n");

interface Waiting {
  resolve(answer: Answer): void;
  reject(error: Error): void;
}

/**
 * One HTTP/1.1 keep-alive connection, one request at a time. A client this plain takes a fraction of the CPU that
 * `fetch` takes: the load generator shares the machine with what it measures.
 */
export class HttpConnection {
  private socket: Socket;
  private readonly port: number;
  private readonly keepBody: KeepBody;
  private waiting: Waiting | undefined;
  private header = Buffer.alloc(0);
  private status = 0;
  private retryAfterSeconds: number | undefined;
  private remaining = -1;
  private body: Buffer[] = [];

  constructor(port: number, options: { readonly keepBody: KeepBody }) {
    this.port = port;
    this.keepBody = options.keepBody;
    this.socket = this.open();
  }

  private open(): Socket {
    const socket = connect({
      port: this.port,
      host: "127.0.0.1",
      noDelay: true,
      onread: {
        buffer: Buffer.allocUnsafe(RECEIVE_BYTES),
        callback: (length, buffer) => {
          this.receive(Buffer.from(buffer.buffer, buffer.byteOffset, length));
          return true;
        },
      },
    });
    // One that was replaced has nothing to say any more.
    const fail = (error: Error) => {
      if (this.socket === socket) this.fail(error);
    };
    socket.on("error", fail);
    socket.on("close", () => fail(new Error("the server closed the connection")));
    return socket;
  }

  /** Sends a request; `head` ends with the empty line. `body` must not change before the answer. */
  send(head: string, body?: Uint8Array): Promise<Answer> {
    if (this.waiting !== undefined) throw new Error("BUG: a request is under way on this connection");
    // A server closes connections that were idle for a while; what is written to such a one is never answered.
    if (this.socket.destroyed || this.socket.readableEnded) this.socket = this.open();
    return new Promise((resolve, reject) => {
      this.waiting = { resolve, reject };
      if (body === undefined) {
        this.socket.write(head, "latin1");
        return;
      }
      this.socket.cork();
      this.socket.write(head, "latin1");
      this.socket.write(body);
      this.socket.uncork();
    });
  }

  close(): void {
    this.socket.removeAllListeners("close");
    this.socket.destroy();
  }

  private receive(chunk: Buffer): void {
    let rest = chunk;
    if (this.remaining === -1) {
      const all = this.header.length === 0 ? chunk : Buffer.concat([this.header, chunk]);
      const end = all.indexOf(HEADER_END);
      if (end === -1) {
        this.header = Buffer.from(all);
        return;
      }
      this.readHeader(all.toString("latin1", 0, end));
      rest = all.subarray(end + HEADER_END.length);
      this.header = Buffer.alloc(0);
    }
    this.remaining -= rest.length;
    // The receive buffer is used again: what is kept is copied.
    if (this.keepBody === "always" || this.status !== 200) this.body.push(Buffer.from(rest));
    if (this.remaining <= 0) this.finish();
  }

  private readHeader(text: string): void {
    this.status = Number(text.slice(9, 12));
    const [, length] = /\r\ncontent-length: (\d+)/i.exec(text) ?? [];
    if (length === undefined) throw new Error(`an answer without a length: ${text}`);
    this.remaining = Number(length);
    const [, retryAfter] = /\r\nretry-after: (\d+)/i.exec(text) ?? [];
    this.retryAfterSeconds = retryAfter === undefined ? undefined : Number(retryAfter);
  }

  private finish(): void {
    const { waiting, status, retryAfterSeconds } = this;
    const body = this.body.length === 0 ? "" : Buffer.concat(this.body).toString("utf8");
    this.waiting = undefined;
    this.remaining = -1;
    this.body = [];
    waiting?.resolve({ status, retryAfterSeconds, body });
  }

  private fail(error: Error): void {
    const { waiting } = this;
    this.waiting = undefined;
    waiting?.reject(error);
  }
}

/** Writes the head of a request with a body, of JSON unless told otherwise. */
export function requestHead(
  path: string,
  options: {
    readonly key: string;
    readonly bodyBytes: number;
    readonly contentType?: string;
    readonly headers?: string;
  },
): string {
  return `POST ${path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ${options.key}\r\nContent-Type: ${options.contentType ?? "application/json"}\r\n${options.headers ?? ""}Content-Length: ${options.bodyBytes}\r\n\r\n`;
}
