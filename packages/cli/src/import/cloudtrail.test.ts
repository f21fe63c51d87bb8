import { createReadStream } from "node:fs";
import { readdir } from "node:fs/promises";
import { acceptEvent } from "@cairn/event";
import { describe, expect, test } from "vitest";
import type { JsonObject } from "../files/json-values.ts";
import { mapCloudTrail } from "./cloudtrail.ts";
import { cloudTrailAction, cloudTrailVerb } from "./cloudtrail-action.ts";
import { parseCloudTrailRecord } from "./cloudtrail-records.ts";
import { readJson } from "./json-records.ts";

const SAMPLES = new URL("../../testdata/cloudtrail/", import.meta.url);

function accept(event: unknown) {
  return acceptEvent(event, { nowMs: 0, defaultSource: "api", describeAction: () => undefined }).event;
}

async function sampleRecords() {
  const records = [];
  for (const name of (await readdir(SAMPLES)).filter((file) => file.endsWith(".json"))) {
    const chunks = createReadStream(new URL(name, SAMPLES));
    for await (const record of readJson(chunks, parseCloudTrailRecord)) records.push(record);
  }
  return records;
}

/** A record with only what a test is about. */
function map(record: JsonObject) {
  return accept(
    mapCloudTrail({
      eventID: "e1",
      eventTime: "2023-07-10T12:00:00Z",
      eventSource: "s3.amazonaws.com",
      eventName: "GetObject",
      ...record,
    }),
  );
}

describe("real CloudTrail records", () => {
  test("all pass the door, each under its own identity", async () => {
    const events = (await sampleRecords()).map((record) => {
      expect(record.kind).toBe("event");
      return accept(record.kind === "event" ? record.event : undefined);
    });
    expect(events.length).toBe(285);
    expect(new Set(events.map(({ id }) => id)).size).toBe(285);
    const count = (select: (event: (typeof events)[number]) => unknown, value: unknown) =>
      events.filter((event) => select(event) === value).length;
    expect(count(({ outcome }) => outcome.result, "denied")).toBeGreaterThan(0);
    expect(count(({ actor }) => actor.type, "service")).toBeGreaterThan(0);
    expect(count(({ verb }) => verb, "login")).toBe(2);
    expect(count(({ source }) => source, "cloudtrail")).toBe(285);
    expect(events.some(({ details }) => (details as JsonObject).source_host === "AWS Internal")).toBe(true);
  });
});

describe("mapCloudTrail", () => {
  test("names action and source action", () => {
    expect(map({})).toMatchObject({
      id: "e1",
      occurred_at: "2023-07-10T12:00:00.000Z",
      action: "s3.get_object",
      source_action: "s3.amazonaws.com:GetObject",
      source: "cloudtrail",
      verb: "read",
    });
  });

  test.each([
    ["iam.amazonaws.com", "ListSSHPublicKeys", "iam.list_ssh_public_keys", "read"],
    ["ec2.amazonaws.com", "DescribeVpcClassicLinkDnsSupport", "ec2.describe_vpc_classic_link_dns_support", "read"],
    ["lambda.amazonaws.com", "AddPermission20150331v2", "lambda.add_permission20150331v2", "grant"],
    ["resource-explorer-2.amazonaws.com", "ListIndexes", "resource-explorer-2.list_indexes", "read"],
    ["signin.amazonaws.com", "ConsoleLogin", "signin.console_login", "login"],
    ["s3.amazonaws.com.cn", "PutObject", "s3.put_object", "update"],
    ["weird source!", "-Do It: now-", "weird_source_.do_it_now-", "other"],
    ["", "", "unknown.unknown", "other"],
  ])("%s %s is %s, %s", (eventSource, eventName, action, verb) => {
    expect(cloudTrailAction(eventSource, eventName)).toBe(action);
    expect(cloudTrailVerb(eventName, false)).toBe(verb);
    expect(map({ eventSource, eventName }).action).toBe(action);
  });

  test("a name that says nothing is a read when the call only reads", () => {
    expect(cloudTrailVerb("AssumeRole", true)).toBe("read");
    expect(cloudTrailVerb("AssumeRole", false)).toBe("other");
  });

  test.each([
    [{}, { result: "success" }],
    [{ errorCode: "AccessDenied" }, { result: "denied", reason: "AccessDenied" }],
    [{ errorCode: "Client.UnauthorizedOperation" }, { result: "denied", reason: "Client.UnauthorizedOperation" }],
    [{ errorCode: "ThrottlingException" }, { result: "failure", reason: "ThrottlingException" }],
    // The trap: sign-ins have no error code.
    [
      {
        eventName: "ConsoleLogin",
        eventType: "AwsConsoleSignIn",
        errorMessage: "Failed authentication",
        responseElements: { ConsoleLogin: "Failure" },
      },
      { result: "failure", reason: "Failed authentication" },
    ],
    [
      { eventName: "ConsoleLogin", eventType: "AwsConsoleSignIn", responseElements: { ConsoleLogin: "Success" } },
      { result: "success" },
    ],
    [{ eventName: "ConsoleLogin", eventType: "AwsConsoleSignIn", responseElements: null }, { result: "unknown" }],
    [
      { eventName: "CredentialVerification", serviceEventDetails: { CredentialVerification: "Failure" } },
      { result: "failure" },
    ],
  ] as const)("%j ends in %j", (record, outcome) => {
    expect(map(record as JsonObject).outcome).toEqual(outcome);
  });

  test("an address goes to the context, a host name to the details", () => {
    expect(map({ sourceIPAddress: "203.0.113.7" }).context?.ip).toBe("203.0.113.7");
    expect(map({ sourceIPAddress: "2001:DB8::1" }).context?.ip).toBe("2001:db8::1");
    const internal = map({ sourceIPAddress: "ec2.amazonaws.com" });
    expect(internal.context?.ip).toBeUndefined();
    expect(internal.details).toEqual({ source_host: "ec2.amazonaws.com" });
  });

  test("actors", () => {
    const actor = (userIdentity: JsonObject) => map({ userIdentity }).actor;
    expect(actor({ type: "IAMUser", arn: "arn:aws:iam::1:user/jane", userName: "jane" })).toEqual({
      type: "user",
      id: "arn:aws:iam::1:user/jane",
      name: "jane",
    });
    const sessionContext = { sessionIssuer: { userName: "Admin" } };
    expect(
      actor({ type: "AssumedRole", arn: "arn:aws:sts::1:assumed-role/Admin/jane@example.com", sessionContext }),
    ).toMatchObject({ type: "user", name: "Admin", role: "Admin" });
    expect(actor({ type: "AssumedRole", arn: "arn:aws:sts::1:assumed-role/Admin/i-0abc", sessionContext }).type).toBe(
      "service",
    );
    expect(actor({ accountId: "1", invokedBy: "ec2.amazonaws.com" })).toEqual({
      type: "service",
      id: "ec2.amazonaws.com",
    });
    expect(actor({ type: "IdentityCenterUser", onBehalfOf: { userId: "u-1" }, principalId: "p" })).toEqual({
      type: "user",
      id: "p",
      on_behalf_of: { type: "user", id: "u-1" },
    });
    expect(actor({})).toEqual({ type: "anonymous" });
    // It may be a password.
    expect(actor({ type: "IAMUser", accountId: "1", userName: "HIDDEN_DUE_TO_SECURITY_REASONS" })).toEqual({
      type: "user",
      id: "1",
    });
  });

  test("targets, sessions, requests, clients", () => {
    const event = map({
      resources: [{ accountId: "1", type: "AWS::S3::Bucket", ARN: "arn:aws:s3:::b" }, { ARNPrefix: "arn:aws:s3:::b/" }],
      userIdentity: { accessKeyId: "AKIA1", sessionContext: { attributes: { creationDate: "2023-07-10T11:42:31Z" } } },
      requestID: "R1",
      userAgent: "curl/8",
      awsRegion: "us-east-1",
      sessionCredentialFromConsole: "true",
    });
    expect(event.targets).toEqual([
      { type: "s3_bucket", id: "arn:aws:s3:::b" },
      { type: "resource", id: "arn:aws:s3:::b/" },
    ]);
    expect(event.context).toEqual({
      session_id: "AKIA1:2023-07-10T11:42:31Z",
      request_id: "R1",
      user_agent: "curl/8",
      location: "us-east-1",
      client: { kind: "web" },
    });
  });

  test("nothing is lost: what has no field, or does not fit it, stays in the details", () => {
    const long = "x".repeat(3_000);
    const event = map({
      requestParameters: null,
      responseElements: { a: [1, null] },
      userAgent: long,
      requestID: long,
      eventVersion: "1.08",
      eventID: long,
      resources: Array.from({ length: 150 }, (_, i) => ({ ARN: `arn:${i}` })),
      unheardOf: { b: 1 },
    });
    expect(event.id).toBeUndefined();
    expect(event.details).toMatchObject({
      requestParameters: null,
      responseElements: { a: [1, null] },
      userAgent: long,
      requestID: long,
      eventVersion: "1.08",
      eventID: long,
      unheardOf: { b: 1 },
    });
    expect(event.targets?.length).toBe(100);
    expect(((event.details as JsonObject).resources as readonly unknown[]).length).toBe(150);
  });
});

describe("parseCloudTrailRecord", () => {
  const parse = (json: string) => parseCloudTrailRecord(Buffer.from(json), 7);

  test("keeps numbers that no double holds as text", () => {
    const record = parse('{"eventID":"1","requestParameters":{"big":12345678901234567890,"small":1.5,"huge":1e999}}');
    expect(record).toMatchObject({
      kind: "event",
      event: { details: { requestParameters: { big: "12345678901234567890", small: 1.5, huge: "1e999" } } },
    });
  });

  test("does not let a key that stands twice pass with them", () => {
    const record = parse('{"a":12345678901234567890,"b":1,"b":2}');
    expect(record).toMatchObject({ kind: "refused", code: "duplicate_key", line: 7 });
  });
});
