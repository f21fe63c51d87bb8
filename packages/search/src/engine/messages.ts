import type { EngineLimits } from "./limits.ts";
import type { ProcessIdentity } from "./process-identity.ts";

/** Where an engine listens. */
export type ListenAddress =
  | Readonly<{ kind: "socket"; path: string }>
  /** Port 0 lets the system choose. */
  | Readonly<{ kind: "loopback"; port: number }>;

/** The first message to an engine's process. The password travels here, not in arguments or environment that others can read. */
export type StartMessage = Readonly<{
  type: "start";
  directory: string;
  listen: ListenAddress;
  password: string;
  limits: EngineLimits;
  niceness: number;
  lockGraceMs: number;
  /** The server the engine belongs to. */
  owner: ProcessIdentity;
}>;

/** What a server says to its engine. */
export type ToEngine = StartMessage | Readonly<{ type: "stop" }>;

/** What an engine says to its server. */
export type FromEngine =
  | Readonly<{ type: "ready"; listen: ListenAddress }>
  | Readonly<{ type: "failed"; reason: "unavailable" | "locked" | "error"; message: string }>;

/** Tells whether a message is one that an engine sends. */
export function isFromEngine(value: unknown): value is FromEngine {
  if (typeof value !== "object" || value === null || !("type" in value)) return false;
  return value.type === "ready" || value.type === "failed";
}

/** Tells whether a message is one that a server sends. */
export function isToEngine(value: unknown): value is ToEngine {
  if (typeof value !== "object" || value === null || !("type" in value)) return false;
  return value.type === "start" || value.type === "stop";
}
