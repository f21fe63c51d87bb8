import type { CairnEvent } from "@cairn/event";
import { type BenchServer, runCairn } from "./server.ts";

/** An event of the generator, as far as it is translated. */
interface Generated extends Omit<CairnEvent, "verb" | "category" | "outcome" | "source"> {
  readonly outcome?: CairnEvent["outcome"];
  readonly context?: { readonly ip?: string; readonly user_agent?: string; readonly session_id?: string };
}

/** How a configured webhook is measured. */
export interface MeasuredSource {
  readonly name: string;
  readonly batch: number;
  /** What `POST /v1/sources` is sent. */
  readonly source: object;
  readonly bodyOf: (events: readonly object[]) => string;
}

function auth0Log({ id, occurred_at: date, actor, context = {}, details }: Generated): object {
  const { ip, user_agent: userAgent } = context;
  const client = { client_id: "client0000000000000000000000000a", client_name: "Portal" };
  const user = { user_id: `auth0|${actor.id}`, user_name: actor.email ?? actor.name };
  const data = { date, type: "s", description: "", ...client, ip, user_agent: userAgent, ...user };
  return { log_id: id, data: { ...data, details: { prompts: [], ...(details as object | undefined) }, log_id: id } };
}

function oktaEvent({
  id,
  occurred_at: published,
  action,
  actor,
  targets = [],
  context = {},
  ...rest
}: Generated): object {
  return {
    ...{ uuid: id, published, eventType: action, version: "0", severity: "INFO", displayMessage: rest.description },
    actor: { id: actor.id, type: "User", alternateId: actor.email, displayName: actor.name, detailEntry: null },
    client: {
      userAgent: { rawUserAgent: context.user_agent, os: "Mac OS X", browser: "FIREFOX" },
      ...{ zone: "null", device: "Computer", id: null, ipAddress: context.ip },
    },
    authenticationContext: { authenticationStep: 0, externalSessionId: context.session_id },
    outcome: { result: "SUCCESS", reason: null },
    transaction: { type: "WEB", id: context.session_id, detail: {} },
    debugContext: { debugData: { ...(rest.details as object | undefined), requestUri: "/api/v1/users" } },
    target: targets.map(({ type, id: target, name }) => ({ id: target, type, displayName: name })),
  };
}

function cloudTrailRecord({ id, occurred_at: time, action, actor, context = {}, details = null }: Generated): object {
  const arn = `arn:aws:iam::123837392027:user/${actor.id}`;
  return {
    eventVersion: "1.08",
    userIdentity: { type: "IAMUser", principalId: actor.id, arn, accountId: "123837392027", userName: actor.id },
    ...{ eventTime: `${time.slice(0, 19)}Z`, eventSource: "sts.amazonaws.com", eventName: action },
    ...{ awsRegion: "us-east-1", sourceIPAddress: context.ip ?? "192.0.2.1", userAgent: context.user_agent },
    ...{ requestParameters: details, responseElements: null, requestID: id, eventID: id, readOnly: true },
    ...{ eventType: "AwsApiCall", managementEvent: true, recipientAccountId: "123837392027" },
    eventCategory: "Management",
  };
}

function dutyCallRow({
  occurred_at: timestamp,
  action,
  actor,
  targets = [],
  context = {},
  ...rest
}: Generated): object {
  const { ip, session_id: session } = context;
  const user = actor.email ?? actor.name ?? actor.id;
  return {
    ...{ timestamp, user, action, resource: targets[0]?.id, ip_address: ip, session_id: session },
    // Rows of this product have no id: what they say has to tell them apart.
    details: { ...(rest.details as object | undefined), reference: rest.id },
  };
}

const bodies = (body: (generated: readonly Generated[]) => object) => (list: readonly object[]) =>
  JSON.stringify(body(list as readonly Generated[]));

/** Events of one delivery. */
const MANY = 500;

/** The webhooks, each beside `POST /v1/events` with as many events a request. */
export const MEASURED_SOURCES: readonly MeasuredSource[] = [
  {
    ...{ name: "source auth0_stream", batch: MANY, source: { kind: "auth0_stream" } },
    bodyOf: bodies((list) => list.map(auth0Log)),
  },
  {
    ...{ name: "source okta_hook", batch: MANY, source: { kind: "okta_hook" } },
    bodyOf: bodies((list) => ({ data: { events: list.map(oktaEvent) } })),
  },
  {
    ...{ name: "source cloudtrail", batch: MANY, source: { kind: "cloudtrail" } },
    bodyOf: bodies((list) => ({ Records: list.map(cloudTrailRecord) })),
  },
  {
    ...{ name: "source declarative", batch: MANY },
    source: { kind: "declarative", settings: { preset: "dutycall" } },
    bodyOf: bodies((list) => list.map(dutyCallRow)),
  },
];

/** Sets a source up and gives its address and its token. */
export async function setUpSource(
  { port, dataDir }: BenchServer,
  source: object,
): Promise<{ readonly path: string; readonly token: string }> {
  const key = await runCairn("keys", "create", "--data-dir", dataDir, "--tenant", "default", "--scopes", "admin");
  const answer = await fetch(`http://127.0.0.1:${port}/v1/sources`, {
    method: "POST",
    headers: { authorization: `Bearer ${key.trim()}`, "content-type": "application/json" },
    body: JSON.stringify({ name: "bench", ...source }),
  });
  if (answer.status !== 201) throw new Error(`the source was not made: ${answer.status} ${await answer.text()}`);
  const { id, token } = (await answer.json()) as { readonly id: string; readonly token: string };
  return { path: `/v1/sources/${id}/events`, token };
}
