import { CairnError } from "@cairn/event";
import type { FastifyRequest } from "fastify";

/**
 * Demands that a request which acts by cookie was made by our own page. `SameSite=Strict` keeps other sites out, but not
 * another port of this host; browsers say where a request comes from, and a program that says nothing has no cookie of
 * somebody else's.
 * @throws CairnError forbidden
 */
export function demandSameOrigin(request: FastifyRequest): void {
  const site = request.headers["sec-fetch-site"];
  if (site !== undefined) {
    if (site !== "same-origin") throw foreign();
    return;
  }
  const { origin } = request.headers;
  // Older browsers, and any browser on plain HTTP, say only this. The scheme may differ behind a proxy.
  if (origin !== undefined && hostOf(origin) !== request.host) throw foreign();
}

function hostOf(origin: string): string | undefined {
  return URL.canParse(origin) ? new URL(origin).host : undefined;
}

function foreign(): CairnError {
  return new CairnError("forbidden", "the request was not made by this server's own page");
}
