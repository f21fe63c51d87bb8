import type { Json } from "@cairn/event";
import { demandGood, type Outbound, type OutboundAnswer, OutboundError } from "../outbound.ts";

/** Where RingCentral is, and as whom it is asked. */
export interface RingCentralAccess {
  /** `https://platform.ringcentral.com` */
  readonly url: string;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly jwt: string;
}

/** A good answer. */
export interface RingCentralAnswer {
  readonly text: string;
  readonly value: Json;
  /** How long to leave RingCentral alone now: until the minute is over, when its calls are used up. */
  readonly pauseMs: number;
}

/** What of RingCentral's API collectors use. Calls throw OutboundError. */
export interface RingCentralApi {
  /** One page of the audit trail; of the group *Heavy*. */
  searchAuditTrail(body: Readonly<Record<string, unknown>>, signal: AbortSignal): Promise<RingCentralAnswer>;
  /** One page of the messages of the extension that the JWT is of; of the group *Light*. */
  listMessages(query: URLSearchParams, signal: AbortSignal): Promise<RingCentralAnswer>;
}

const JWT_BEARER = "urn:ietf:params:oauth:grant-type:jwt-bearer";
const SEARCH = "/restapi/v1.0/account/~/audit-trail/search";
const MESSAGES = "/restapi/v1.0/account/~/extension/~/message-store";
/** A token is not used any more when it ends so soon. */
const MARGIN_MS = 60_000;
/** RingCentral's penalty, which every call within it begins anew. */
const PENALTY_MS = 60_000;

/** Makes what asks RingCentral. It signs in by the JWT grant when it first has to, and again when its token ends. */
export function createRingCentralApi(outbound: Outbound, access: RingCentralAccess): RingCentralApi {
  const base = access.url.replace(/\/$/, "");
  let token: { readonly text: string; readonly untilMs: number } | undefined;

  async function bearer(signal: AbortSignal): Promise<string> {
    if (token !== undefined && token.untilMs > Date.now()) return token.text;
    const basic = Buffer.from(`${access.clientId}:${access.clientSecret}`).toString("base64");
    const answer = await outbound({
      method: "POST",
      url: new URL(`${base}/restapi/oauth/token`),
      headers: { authorization: `Basic ${basic}`, "content-type": "application/x-www-form-urlencoded" },
      body: new URLSearchParams({ grant_type: JWT_BEARER, assertion: access.jwt }).toString(),
      signal,
    });
    demandAllowed(answer, "the token endpoint");
    const { access_token: text, expires_in: seconds } = objectIn(answer.text);
    if (typeof text !== "string" || !/^[\x21-\x7e]+$/.test(text))
      throw new OutboundError("the token endpoint answered something else than a token");
    token = { text, untilMs: Date.now() + (Number(seconds) || 0) * 1_000 - MARGIN_MS };
    return text;
  }

  async function ask(
    request: { readonly method: "GET" | "POST"; readonly path: string; readonly body?: string },
    signal: AbortSignal,
  ): Promise<RingCentralAnswer> {
    const { method, path, body } = request;
    const send = async () =>
      outbound({
        ...{ method, url: new URL(base + path), signal },
        headers: { authorization: `Bearer ${await bearer(signal)}`, "content-type": "application/json" },
        ...(body === undefined ? {} : { body }),
      });
    let answer = await send();
    if (answer.status === 401) {
      // Ended before its time: once more with a new one.
      token = undefined;
      answer = await send();
    }
    const [name] = path.split("?");
    demandAllowed(answer, `${method} ${name}`);
    return { text: answer.text, value: objectIn(answer.text), pauseMs: pauseOf(answer) };
  }

  return {
    searchAuditTrail: (body, signal) => ask({ method: "POST", path: SEARCH, body: JSON.stringify(body) }, signal),
    listMessages: (query, signal) => ask({ method: "GET", path: `${MESSAGES}?${query}` }, signal),
  };
}

/** Demands a good answer. Whoever called too often stays away for at least as long as the penalty, unless told otherwise. */
function demandAllowed(answer: OutboundAnswer, what: string): void {
  try {
    demandGood(answer, what);
  } catch (error) {
    if (!(error instanceof OutboundError) || answer.status !== 429 || error.retryAfterMs !== undefined) throw error;
    throw new OutboundError(error.message, { status: 429, retryAfterMs: PENALTY_MS, cause: error });
  }
}

function objectIn(text: string): { readonly [member: string]: Json } {
  try {
    const value = JSON.parse(text) as Json;
    if (typeof value === "object" && value !== null && !Array.isArray(value))
      return value as { readonly [member: string]: Json };
  } catch {
    // Said below.
  }
  throw new OutboundError("RingCentral answered something else than a JSON object");
}

/** `X-Rate-Limit-Window` is a length in seconds. */
function pauseOf({ headers }: OutboundAnswer): number {
  if (headers["x-rate-limit-remaining"] !== "0") return 0;
  const seconds = Number(headers["x-rate-limit-window"]);
  return Number.isFinite(seconds) && seconds > 0 ? seconds * 1_000 : PENALTY_MS;
}
