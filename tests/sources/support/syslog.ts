import { once } from "node:events";
import { connect as connectTcp, createServer, type Socket } from "node:net";
import { type ConnectionOptions, connect as connectTls } from "node:tls";

/** Finds a port that nobody listens on. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  await once(server, "close");
  if (address === null || typeof address === "string") throw new Error("no port");
  return address.port;
}

/** Somebody who sends syslog. */
export interface SyslogSender {
  readonly socket: Socket;
  /** Writes bytes as they are; waits while the other side reads no more. */
  write(bytes: string | Uint8Array): Promise<void>;
  /** Says that there is no more, and waits until the other side has said so too. */
  end(): Promise<void>;
  /** Settles when the connection is closed, by whomever. */
  readonly closed: Promise<void>;
}

/** Connects to a port of this machine; with options of TLS, over that. */
export async function connectSyslog(port: number, tls?: ConnectionOptions): Promise<SyslogSender> {
  const socket =
    tls === undefined
      ? connectTcp({ port, host: "127.0.0.1" })
      : connectTls({ port, host: "127.0.0.1", servername: "localhost", ...tls });
  const closed = new Promise<void>((resolve) => socket.once("close", () => resolve()));
  socket.resume();
  await once(socket, tls === undefined ? "connect" : "secureConnect");
  // What the other side does to the connection is what tests look at.
  socket.on("error", () => undefined);
  return {
    socket,
    closed,
    async write(bytes) {
      if (!socket.write(bytes)) await Promise.race([once(socket, "drain"), closed]);
    },
    async end() {
      socket.end();
      await closed;
    },
  };
}

/** A message with its length before it (RFC 5425 §4.3). */
export function counted(message: string): string {
  return `${Buffer.byteLength(message)} ${message}`;
}

/** A message of RFC 5424 in JSON that becomes an event of its own; its time has microseconds. */
export function numbered(n: number): string {
  const micros = String(n % 1_000_000).padStart(6, "0");
  const text = JSON.stringify({ action: "line.written", number: n });
  return `<134>1 2026-03-04T05:06:07.${micros}Z relay app 7 - - ${text}`;
}
