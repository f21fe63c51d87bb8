import { Agent } from "node:http";
import { ClickHouseLogLevel } from "@clickhouse/client";

/** How to reach an engine: plain data that can be handed to a worker thread. */
export type EngineConnection = Readonly<{
  url: string;
  username: string;
  password: string;
  /** The Unix socket behind `url`, if it is not a port. */
  socketPath?: string;
}>;

/** The part of the configuration of `createClient` that leads to an engine. */
export type EngineClientOptions = Readonly<{
  url: string;
  username: string;
  password: string;
  http_agent?: Agent;
  log: { level: ClickHouseLogLevel };
}>;

/** Sockets one client may open; the engine queues beyond its sessions anyway. */
const MAX_SOCKETS = 32;

/**
 * Makes the options with which `createClient` of `@clickhouse/client` reaches an engine.
 *
 * The client has no setting for Unix sockets; an agent of Node's own carries the path. Every call makes an agent, which
 * closing the client ends.
 */
export function engineClientOptions(connection: EngineConnection): EngineClientOptions {
  const { url, username, password, socketPath } = connection;
  // Whoever asks is told of errors; the client's own lines would go to standard output.
  const log = { level: ClickHouseLogLevel.OFF };
  if (socketPath === undefined) return { url, username, password, log };
  const agent = new Agent({ keepAlive: true, maxSockets: MAX_SOCKETS, socketPath } as ConstructorParameters<
    typeof Agent
  >[0]);
  return { url, username, password, http_agent: agent, log };
}

/** Reads where a ClickHouse server is from a URL, which may hold user and password. @throws TypeError when it is none */
export function engineConnectionOf(text: string): EngineConnection {
  const url = new URL(text);
  const { username, password } = url;
  url.username = "";
  url.password = "";
  return {
    url: url.toString(),
    username: decodeURIComponent(username) || "default",
    password: decodeURIComponent(password),
  };
}
