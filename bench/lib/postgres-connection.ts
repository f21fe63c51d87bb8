import { connect, type Socket } from "node:net";

/** A value of a parameter as text; null is SQL's NULL. */
export type Parameter = string | null;

const PROTOCOL_VERSION = 196_608;

interface Waiting {
  resolve(tag: string): void;
  reject(error: Error): void;
}

/**
 * Speaks as much of PostgreSQL's frontend protocol 3.0 as the comparison needs: trust authentication, simple queries,
 * and one prepared statement with text parameters. The same round trips as the usual drivers make.
 */
export class PostgresConnection {
  private readonly socket: Socket;
  private received = Buffer.alloc(0);
  private waiting: Waiting | undefined;
  private failure: Error | undefined;
  private tag = "";
  private readonly rows: string[][] = [];

  private constructor(socket: Socket) {
    this.socket = socket;
    socket.on("data", (chunk: Buffer) => this.receive(chunk));
    socket.on("error", (error) => this.waiting?.reject(error));
  }

  static async open(options: { readonly socketPath: string; readonly user: string }): Promise<PostgresConnection> {
    const connection = new PostgresConnection(connect(options.socketPath));
    const parameters = `user\0${options.user}\0database\0postgres\0\0`;
    const head = Buffer.alloc(8);
    head.writeInt32BE(8 + parameters.length, 0);
    head.writeInt32BE(PROTOCOL_VERSION, 4);
    await connection.exchange(Buffer.concat([head, Buffer.from(parameters)]));
    return connection;
  }

  /** Runs SQL text. Gives the rows, as text. */
  async query(sql: string): Promise<readonly (readonly string[])[]> {
    this.rows.length = 0;
    await this.exchange(message("Q", Buffer.from(`${sql}\0`)));
    return [...this.rows];
  }

  /** Prepares the statement that {@link run} executes. */
  async prepare(sql: string): Promise<void> {
    await this.exchange(
      Buffer.concat([message("P", Buffer.from(`insert\0${sql}\0\0\0`)), message("S", Buffer.alloc(0))]),
    );
  }

  /** Executes the prepared statement. */
  async run(parameters: readonly Parameter[]): Promise<void> {
    await this.exchange(
      Buffer.concat([bindMessage(parameters), message("E", Buffer.from("\0\0\0\0\0")), message("S", Buffer.alloc(0))]),
    );
  }

  close(): void {
    this.socket.end(message("X", Buffer.alloc(0)));
  }

  private exchange(bytes: Buffer): Promise<string> {
    return new Promise((resolve, reject) => {
      this.waiting = { resolve, reject };
      this.failure = undefined;
      this.socket.write(bytes);
    });
  }

  private receive(chunk: Buffer): void {
    let rest = this.received.length === 0 ? chunk : Buffer.concat([this.received, chunk]);
    while (rest.length >= 5) {
      const length = 1 + rest.readInt32BE(1);
      if (rest.length < length) break;
      this.take(String.fromCharCode(rest[0]!), rest.subarray(5, length));
      rest = rest.subarray(length);
    }
    this.received = Buffer.from(rest);
  }

  private take(type: string, content: Buffer): void {
    if (type === "E") this.failure = new Error(`PostgreSQL: ${content.toString("utf8").replaceAll("\0", " ")}`);
    else if (type === "C") this.tag = content.toString("latin1", 0, content.length - 1);
    else if (type === "D") this.rows.push(readRow(content));
    else if (type === "Z") this.ready();
  }

  private ready(): void {
    const { waiting, failure, tag } = this;
    this.waiting = undefined;
    if (failure === undefined) waiting?.resolve(tag);
    else waiting?.reject(failure);
  }
}

function readRow(content: Buffer): string[] {
  const row: string[] = [];
  let at = 2;
  for (let i = content.readInt16BE(0); i > 0; i--) {
    const length = content.readInt32BE(at);
    at += 4;
    row.push(length === -1 ? "" : content.toString("utf8", at, at + length));
    at += Math.max(0, length);
  }
  return row;
}

function message(type: string, content: Buffer): Buffer {
  const bytes = Buffer.allocUnsafe(5 + content.length);
  bytes[0] = type.charCodeAt(0);
  bytes.writeInt32BE(4 + content.length, 1);
  content.copy(bytes, 5);
  return bytes;
}

/** Bind: unnamed portal, the statement `insert`, all parameters as text. */
function bindMessage(parameters: readonly Parameter[]): Buffer {
  let bound = 64;
  for (const parameter of parameters) bound += 4 + (parameter === null ? 0 : parameter.length * 3);
  const bytes = Buffer.allocUnsafe(bound);
  bytes[0] = 0x42;
  let at = 5 + bytes.write("\0insert\0", 5, "latin1");
  at = bytes.writeInt16BE(0, at);
  at = bytes.writeInt16BE(parameters.length, at);
  for (const parameter of parameters) {
    if (parameter === null) {
      at = bytes.writeInt32BE(-1, at);
      continue;
    }
    const length = bytes.write(parameter, at + 4, "utf8");
    bytes.writeInt32BE(length, at);
    at += 4 + length;
  }
  at = bytes.writeInt16BE(0, at);
  bytes.writeInt32BE(at - 1, 1);
  return bytes.subarray(0, at);
}
