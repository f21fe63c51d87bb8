import {
  entraRecord,
  gitHubAudit,
  gitHubPush,
  googleActivity,
  microsoft365Record,
  ringCxResult,
} from "./cloud-bodies.ts";
import { type Generated, jsonOf, linesOf, type MeasuredWay } from "./generated.ts";
import { alb, combined, desktopRows, ehrRows, nginxLine, portalRows, sessionRows } from "./row-bodies.ts";
import { type BenchServer, runCairn } from "./server.ts";

/** A configured webhook that is measured. */
export interface MeasuredSource extends MeasuredWay {
  /** What `POST /v1/sources` is sent. */
  readonly source: {
    readonly kind: string;
    readonly settings?: Readonly<Record<string, string>>;
    readonly secrets?: Readonly<Record<string, string>>;
  };
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

/** Events of one delivery where a product has no number of its own. */
const MANY = 500;
/** Blobs of Microsoft's, and what its event hubs hand on at a time. */
const HUNDRED = 100;

/** It has to have one; the deliveries come with the token of the source. */
const GITHUB_SECRETS = { webhook_secret: "0123456789abcdef0123456789abcdef" };

const preset = (name: string) => ({ kind: "declarative", settings: { preset: name } }) as const;

/** The webhooks, each beside `POST /v1/events` with as many events a request. */
export const MEASURED_SOURCES: readonly MeasuredSource[] = [
  {
    ...{ name: "source auth0_stream", batch: MANY, source: { kind: "auth0_stream" } },
    bodyOf: jsonOf((list) => list.map(auth0Log)),
  },
  {
    ...{ name: "source okta_hook", batch: MANY, source: { kind: "okta_hook" } },
    bodyOf: jsonOf((list) => ({ data: { events: list.map(oktaEvent) } })),
  },
  {
    ...{ name: "source cloudtrail", batch: MANY, source: { kind: "cloudtrail" } },
    bodyOf: jsonOf((list) => ({ Records: list.map(cloudTrailRecord) })),
  },
  {
    ...{ name: "source entra", batch: HUNDRED, source: { kind: "entra" } },
    bodyOf: jsonOf((list) => ({ records: list.map(entraRecord) })),
  },
  {
    ...{ name: "source microsoft365", batch: HUNDRED, source: { kind: "microsoft365" } },
    bodyOf: jsonOf((list) => list.map(microsoft365Record)),
  },
  {
    ...{ name: "source github_webhook", batch: 1, source: { kind: "github_webhook", secrets: GITHUB_SECRETS } },
    headersOf: ([event]) => ({ "X-GitHub-Event": "push", "X-GitHub-Delivery": event!.id }),
    bodyOf: jsonOf(([event]) => gitHubPush(event!)),
  },
  {
    ...{ name: "source ringcentral_sessions", batch: MANY, contentType: "text/csv" },
    source: { kind: "ringcentral_sessions", settings: { zone: "America/New_York", account: "+12135550100" } },
    bodyOf: sessionRows,
  },
  {
    ...{ name: "source desktop", batch: MANY, contentType: "text/csv" },
    source: { kind: "desktop", settings: { zone: "Europe/Zurich", site: "Clinic A" } },
    bodyOf: desktopRows,
  },
  {
    ...{ name: "source declarative dutycall", batch: MANY, source: preset("dutycall") },
    bodyOf: jsonOf((list) => list.map(dutyCallRow)),
  },
  {
    ...{ name: "source declarative ehr", batch: MANY, contentType: "text/csv" },
    source: preset("ehr"),
    bodyOf: ehrRows,
  },
  {
    ...{ name: "source declarative portal", batch: MANY, contentType: "text/csv", source: preset("portal") },
    bodyOf: portalRows,
  },
  {
    ...{ name: "source declarative http", batch: MANY, contentType: "text/plain", source: preset("http") },
    bodyOf: combined,
  },
  { ...{ name: "source declarative nginx", batch: MANY, source: preset("nginx") }, bodyOf: linesOf(nginxLine) },
  {
    ...{ name: "source declarative aws_alb", batch: MANY, contentType: "text/plain", source: preset("aws_alb") },
    bodyOf: alb,
  },
  { ...{ name: "source declarative github", batch: MANY, source: preset("github") }, bodyOf: linesOf(gitHubAudit) },
  {
    ...{ name: "source declarative google_workspace", batch: MANY, source: preset("google_workspace") },
    bodyOf: jsonOf((list) => ({ kind: "admin#reports#activities", items: list.map(googleActivity) })),
  },
  {
    ...{ name: "source declarative ringcx", batch: MANY, source: preset("ringcx") },
    bodyOf: jsonOf((list) => list.map(ringCxResult)),
  },
];

/** Makes a key that may set sources up. */
export async function adminKey({ dataDir }: BenchServer): Promise<string> {
  const key = await runCairn("keys", "create", "--data-dir", dataDir, "--tenant", "default", "--scopes", "admin");
  return key.trim();
}

/** Sets a source up and gives its address and its token. */
export async function setUpSource(
  { port }: BenchServer,
  { key, source }: { readonly key: string } & Pick<MeasuredSource, "source">,
): Promise<{ readonly path: string; readonly token: string }> {
  const answer = await fetch(`http://127.0.0.1:${port}/v1/sources`, {
    method: "POST",
    headers: { authorization: `Bearer ${key}`, "content-type": "application/json" },
    body: JSON.stringify({ name: "bench", ...source }),
  });
  if (answer.status !== 201) throw new Error(`the source was not made: ${answer.status} ${await answer.text()}`);
  const { id, token } = (await answer.json()) as { readonly id: string; readonly token: string };
  return { path: `/v1/sources/${id}/events`, token };
}
