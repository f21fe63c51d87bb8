import { lookup } from "node:dns";
import { request as httpRequest, type IncomingMessage } from "node:http";
import { request as httpsRequest } from "node:https";
import { isIP, type LookupFunction } from "node:net";
import { MAX_BODY_BYTES } from "@cairn/sources";
import { type Outbound, type OutboundAnswer, OutboundError } from "./outbound.ts";
import { isPrivateAddress } from "./private-networks.ts";

/** Longer than any of these systems takes for a page. */
const TIMEOUT_MS = 30_000;

/**
 * Makes what asks other systems: HTTPS, addresses of the Internet only, no redirects (they would carry a secret elsewhere),
 * 30 seconds and 10 MiB at most. `any` allows plain HTTP and every address.
 */
export function createOutbound(reach: "internet" | "any"): Outbound {
  return async ({ method, url, headers, body, signal }) => {
    if (reach === "internet") demandPublic(url);
    const send = url.protocol === "http:" ? httpRequest : httpsRequest;
    return new Promise((resolve, reject) => {
      const request = send(
        url,
        {
          method,
          headers: { accept: "application/json", "user-agent": "Cairn", ...headers },
          signal: AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]),
          ...(reach === "internet" ? { lookup: publicLookup } : {}),
        },
        (response) => readAnswer(response).then(resolve, reject),
      );
      request.once("error", (cause) => reject(unreachable(url, cause)));
      request.end(body);
    });
  };
}

function demandPublic(url: URL): void {
  const host = url.hostname.replace(/^\[|\]$/g, "");
  if (url.protocol !== "https:") throw new OutboundError(`${url.host}: it must be reached over https://`);
  if (isIP(host) !== 0 && isPrivateAddress(host)) throw notPublic(url.host);
}

/** Names are looked at when they are resolved: looked at before, they could be another address by then. */
const publicLookup: LookupFunction = (hostname, options, done) => {
  lookup(hostname, { ...options, all: true }, (error, addresses) => {
    if (error !== null) return done(error, []);
    if (addresses.some(({ address }) => isPrivateAddress(address))) return done(notPublic(hostname), []);
    if (options.all === true) return done(null, addresses);
    const [first] = addresses;
    done(null, first?.address ?? "", first?.family);
  });
};

function notPublic(host: string): OutboundError {
  return new OutboundError(`${host} is not an address of the Internet`);
}

async function readAnswer(response: IncomingMessage): Promise<OutboundAnswer> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > MAX_BODY_BYTES) {
      response.destroy();
      throw new OutboundError(`the answer has more than ${MAX_BODY_BYTES} bytes`);
    }
    chunks.push(chunk);
  }
  const { statusCode: status = 0, headers } = response;
  return { status, headers, text: Buffer.concat(chunks).toString("utf8") };
}

function unreachable(url: URL, cause: Error & { readonly code?: string }): OutboundError {
  if (cause instanceof OutboundError) return cause;
  const why = cause.name === "TimeoutError" ? "it does not answer" : (cause.code ?? "the connection failed");
  return new OutboundError(`${url.host} cannot be reached: ${why}`, { cause });
}
