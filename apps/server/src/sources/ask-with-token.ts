import type { BearerToken } from "./client-credentials.ts";
import type { Outbound, OutboundAnswer } from "./outbound.ts";

/** Asks with a bearer token; once more with a new one when it was revoked before its time. */
export async function askWithToken(
  { outbound, token }: { readonly outbound: Outbound; readonly token: BearerToken },
  request: { readonly method?: "GET" | "POST"; readonly url: URL; readonly signal: AbortSignal },
): Promise<OutboundAnswer> {
  const send = async () =>
    outbound({ method: "GET", ...request, headers: { authorization: `Bearer ${await token.get(request.signal)}` } });
  const answer = await send();
  if (answer.status !== 401) return answer;
  token.forget();
  return send();
}
