import { createServer as createTcpServer, type Server, type Socket } from "node:net";
import { createServer as createTlsServer, type Server as TlsServer } from "node:tls";
import type { SourceError } from "@cairn/sources";
import type { FastifyBaseLogger } from "fastify";
import { followTlsFiles, readTlsFiles, type TlsFiles } from "../../http/tls-files.ts";
import { whyNotAdmitted } from "./client-certificates.ts";
import { type Connection, type Message, readConnection } from "./connection.ts";
import type { Fault } from "./fault-tally.ts";
import { FAREWELL_MS, HANDSHAKE_MS, KEEP_ALIVE_MS, MAX_CONNECTIONS, MAY_MAKE_ROOM_MS } from "./limits.ts";
import type { SyslogSettings } from "./settings.ts";

/** What a listener is made with. */
export interface SyslogServerParts {
  readonly settings: SyslogSettings;
  /** Address to listen on. */
  readonly host: string;
  /** Files of the server's certificate; needed for `tls`. */
  readonly tls: TlsFiles | undefined;
  readonly log: FastifyBaseLogger;
  readonly onMessages: (messages: readonly Message[]) => void;
  readonly onFault: (fault: Fault, last: string) => void;
  /** Bytes that are no frame, as much of them as there is. */
  readonly onBrokenFrame: (error: SourceError, rest: Uint8Array) => void;
}

/** A port that takes syslog (RFC 6587 over TCP, RFC 5425 over TLS). */
export interface SyslogServer {
  /** Stops reading: what is sent waits with the sender. */
  readonly pause: () => void;
  readonly resume: () => void;
  /** Takes no more connections, tells senders to stop, and reads what is still on its way. */
  readonly stop: () => Promise<void>;
}

/** Somebody who has connected. */
interface Peer {
  readonly socket: Socket;
  /** What is read and ended: the connection itself, or the one inside of TLS. */
  stream: Socket;
  /** Undefined before the handshake is done. */
  connection: Connection | undefined;
  activeAtMs: number;
}

/** Opens the port. @throws Error of the operating system when it cannot be bound, or a certificate not be read */
export async function openSyslogServer(parts: SyslogServerParts): Promise<SyslogServer> {
  const { settings, host, onFault } = parts;
  /** By the address and port that they come from. */
  const peers = new Map<string, Peer>();
  let isPaused = false;
  const secure = settings.transport === "tls" ? tlsServer(parts, serve) : undefined;

  /** Reads what somebody sends who may. */
  function serve(stream: Socket): void {
    const peer = peers.get(placeOf(stream));
    if (peer === undefined) return void stream.destroy();
    peer.stream = stream;
    peer.connection = readConnection(stream, {
      onMessages(messages) {
        peer.activeAtMs = Date.now();
        parts.onMessages(messages);
      },
      onFault(fault, rest) {
        onFault("frame", fault.message);
        parts.onBrokenFrame(fault, rest);
      },
    });
    if (isPaused) peer.connection.pause();
  }

  const alive = { keepAlive: true, keepAliveInitialDelay: KEEP_ALIVE_MS } as const;
  const server = createTcpServer({ noDelay: true, ...alive }, (socket) => {
    socket.on("error", ignore);
    if (peers.size >= MAX_CONNECTIONS) makeRoom(peers.values());
    if (peers.size >= MAX_CONNECTIONS) {
      onFault("crowd", `there are ${MAX_CONNECTIONS}`);
      return void socket.destroy();
    }
    const place = placeOf(socket);
    peers.set(place, { socket, stream: socket, connection: undefined, activeAtMs: Date.now() });
    socket.once("close", () => peers.delete(place));
    if (secure === undefined) serve(socket);
    else secure.server.emit("connection", socket);
  });
  await listening(server, { port: settings.port, host }).catch((error: unknown) => {
    secure?.following.stop();
    throw error;
  });
  return {
    pause() {
      isPaused = true;
      for (const { connection } of peers.values()) connection?.pause();
    },
    resume() {
      isPaused = false;
      for (const { connection } of peers.values()) connection?.resume();
    },
    async stop() {
      secure?.following.stop();
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      for (const { stream } of peers.values()) stream.end();
      const timer = setTimeout(() => {
        for (const { socket } of peers.values()) socket.destroy();
      }, FAREWELL_MS);
      await closed;
      clearTimeout(timer);
    },
  };
}

/** Where a connection comes from: no two that are open come from one place. */
function placeOf({ remoteAddress, remotePort }: Socket): string {
  return `${remoteAddress} ${remotePort}`;
}

function ignore(): void {
  // A connection that breaks is closed, and that is heard of.
}

/** Closes the connection that was silent for the longest, if that is long. */
function makeRoom(peers: Iterable<Peer>): void {
  let silent: Peer | undefined;
  for (const peer of peers) if (silent === undefined || peer.activeAtMs < silent.activeAtMs) silent = peer;
  if (silent === undefined || Date.now() - silent.activeAtMs < MAY_MAKE_ROOM_MS) return;
  // Politely, so that its sender notices before it sends again; the place counts as free when it is closed.
  silent.stream.end();
}

/** The inner side of TLS, which does not listen itself. */
interface SecureServer {
  readonly server: TlsServer;
  readonly following: { readonly stop: () => void };
}

function tlsServer({ settings, tls, onFault, log }: SyslogServerParts, serve: (stream: Socket) => void): SecureServer {
  if (tls === undefined) throw new Error("the server has no certificate");
  const { client_ca: ca, client_certificates: certificates } = settings;
  const context = { minVersion: "TLSv1.2", ...(ca === undefined ? {} : { ca }) } as const;
  const server = createTlsServer({
    ...context,
    ...readTlsFiles(tls),
    handshakeTimeout: HANDSHAKE_MS,
    requestCert: ca !== undefined || certificates !== undefined,
    // Looked at below, so that it can be said why somebody did not get in.
    rejectUnauthorized: false,
  });
  const following = followTlsFiles(tls, { renew: (pair) => server.setSecureContext({ ...context, ...pair }), log });
  server.on("secureConnection", (stream) => {
    stream.on("error", ignore);
    const why = whyNotAdmitted(stream, settings);
    if (why === undefined) return serve(stream);
    onFault("certificate", why);
    stream.destroy();
  });
  server.on("tlsClientError", (error: Error & { readonly code?: string }, stream) => {
    onFault("handshake", error.code ?? error.message);
    stream.destroy();
  });
  return { server, following };
}

function listening(server: Server, { port, host }: { readonly port: number; readonly host: string }): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen({ port, host, exclusive: true }, () => {
      server.off("error", reject);
      // Out of file descriptors, for a moment: those who were accepted go on.
      server.on("error", ignore);
      resolve();
    });
  });
}
