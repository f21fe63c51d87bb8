import type { FastifyRequest } from "fastify";
import type { Credentials } from "../sender.ts";
import { COLLECTOR_ANSWERS, type CollectorAnswer } from "./answers.ts";

/** `Splunk <key>`, or the key as the password of whatever user (RFC 7617), as Splunk takes both. */
export const splunkCredentials: Credentials = (authorization) => {
  const [, scheme = "", value = ""] = /^(Splunk|Basic) ([\x21-\x7e]+)$/i.exec(authorization) ?? [];
  if (scheme.toLowerCase() !== "basic") return value === "" ? undefined : value;
  const pair = Buffer.from(value, "base64").toString("utf8");
  const at = pair.indexOf(":");
  return at === -1 ? undefined : pair.slice(at + 1);
};

/** Tells what is wrong with the credentials of a request that nobody was found for. */
export function credentialFault({ headers, query }: FastifyRequest): CollectorAnswer {
  const { authorization } = headers;
  if (authorization !== undefined) {
    const hasForm = /^Bearer [\x21-\x7e]+$/i.test(authorization) || splunkCredentials(authorization) !== undefined;
    return hasForm ? COLLECTOR_ANSWERS.invalidToken : COLLECTOR_ANSWERS.invalidAuthorization;
  }
  const isInQuery = (query as { readonly token?: unknown }).token !== undefined;
  return isInQuery ? COLLECTOR_ANSWERS.queryAuthorization : COLLECTOR_ANSWERS.tokenRequired;
}
