import { Agent } from "node:http";

/** How to reach an engine: plain data that can be handed to a worker thread. */
export type EngineConnection = Readonly<{
  url: string;
  username: string;
  password: string;
  /** The Unix socket behind `url`, if it is not a port. */
  socketPath?: string;
}>;

/** The part of the configuration of `createClient` that leads to an engine. */
export type EngineClientOptions = Readonly<{ url: string; username: string; password: string; http_agent?: Agent }>;

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
  if (socketPath === undefined) return { url, username, password };
  const agent = new Agent({ keepAlive: true, maxSockets: MAX_SOCKETS, socketPath } as ConstructorParameters<
    typeof Agent
  >[0]);
  return { url, username, password, http_agent: agent };
}
