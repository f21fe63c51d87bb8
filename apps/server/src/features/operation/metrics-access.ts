import { createHash, timingSafeEqual } from "node:crypto";
import { BlockList, isIPv6 } from "node:net";
import { CairnError } from "@cairn/event";
import type { FastifyRequest } from "fastify";
import type { ServerContext } from "../../context.ts";
import { identify } from "../../http/principal.ts";

/**
 * Demands that whoever asks may know how the instance is doing: who has the token of `--metrics-token`, operators who are
 * signed in and, while there is no token, programs on this machine itself.
 * @throws CairnError metrics_token_required, forbidden
 */
export function demandMetricsAccess(context: ServerContext, request: FastifyRequest): void {
  const { metricsToken } = context.config;
  if (metricsToken === undefined ? isOfThisMachine(request) : hasToken(request, metricsToken)) return;
  const principal = identify(context, request);
  if (principal?.sessionId === undefined)
    throw new CairnError("metrics_token_required", "metrics are for operators and for who has the token of metrics");
  if (!principal.isOperator || !principal.permissions.has("instance:write"))
    throw new CairnError("forbidden", "metrics are for operators of this instance");
}

/** Compared as digests, so that neither length nor content shows in the time it takes. */
function hasToken({ headers }: FastifyRequest, token: string): boolean {
  const [, given] = /^Bearer (.+)$/i.exec(headers.authorization ?? "") ?? [];
  return given !== undefined && timingSafeEqual(digest(given), digest(token));
}

function digest(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}

const LOOPBACK = new BlockList();
LOOPBACK.addSubnet("127.0.0.0", 8, "ipv4");
LOOPBACK.addAddress("::1", "ipv6");

/** The peer itself counts, whatever a proxy is believed; what a proxy on this machine passes on comes from elsewhere. */
function isOfThisMachine({ raw }: FastifyRequest): boolean {
  const address = (raw.socket.remoteAddress ?? "").replace(/^::ffff:(?=\d+\.)/i, "");
  return LOOPBACK.check(address, isIPv6(address) ? "ipv6" : "ipv4") && !Object.keys(raw.headers).some(isOfProxy);
}

function isOfProxy(name: string): boolean {
  return name === "forwarded" || name === "x-real-ip" || name === "via" || name.startsWith("x-forwarded-");
}
