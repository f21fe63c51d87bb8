import { describe, expect, test } from "vitest";
import type { JsonObject } from "../core/json-values.ts";
import { accept } from "../testing/accept.ts";
import { eventsOf, expectRobust, expectSamples, sample } from "../testing/check-mapping.ts";
import { cloudTrailMapping, readCloudTrail } from "./cloudtrail.ts";
import { cloudTrailAction, cloudTrailVerb } from "./cloudtrail-action.ts";

const files = ["sign-in.json", "api-calls.json"];
const itemsOf = (name: string) => readCloudTrail(sample(`cloudtrail/${name}`));

/** A record with only what a test is about. */
function map(record: JsonObject) {
  const required = {
    eventID: "e1",
    eventTime: "2023-07-10T12:00:00Z",
    eventSource: "s3.amazonaws.com",
    eventName: "GetObject",
  };
  const mapped = cloudTrailMapping.map({ ...required, ...record }, {});
  if (mapped.kind !== "event") throw new Error("skipped");
  return accept(mapped.event);
}

describe("real CloudTrail records", () => {
  test.each(files)("%s", (name) => {
    expectSamples(cloudTrailMapping, itemsOf(name), { golden: `cloudtrail/${name.replace(/json$/, "golden.json")}` });
  });

  test("have one sign-in, which succeeded", () => {
    const events = files.flatMap((name) => eventsOf(cloudTrailMapping, itemsOf(name)));
    expect(events.filter(({ verb }) => verb === "login").map(({ outcome }) => outcome)).toEqual([
      { result: "success" },
    ]);
  });

  test("damaged, are robust", () => expectRobust(cloudTrailMapping, itemsOf(files[0] ?? "")));
});

test.each([
  ["iam.amazonaws.com", "ListSSHPublicKeys", "iam.list_ssh_public_keys", "read"],
  ["lambda.amazonaws.com", "AddPermission20150331v2", "lambda.add_permission20150331v2", "grant"],
  ["resource-explorer-2.amazonaws.com", "ListIndexes", "resource-explorer-2.list_indexes", "read"],
  ["signin.amazonaws.com", "ConsoleLogin", "signin.console_login", "login"],
  ["s3.amazonaws.com.cn", "PutObject", "s3.put_object", "update"],
  ["weird source!", "-Do It: now-", "weird_source_.do_it_now-", "other"],
  ["", "", "unknown.unknown", "other"],
])("%s %s is %s, %s", (eventSource, eventName, action, verb) => {
  expect(cloudTrailAction(eventSource, eventName)).toBe(action);
  expect(cloudTrailVerb(eventName, "any")).toBe(verb);
});

const signIn = { eventName: "ConsoleLogin", eventType: "AwsConsoleSignIn" };
test.each([
  [{}, { result: "success" }],
  [{ errorCode: "AccessDenied" }, { result: "denied", reason: "AccessDenied" }],
  [{ errorCode: "Client.UnauthorizedOperation" }, { result: "denied", reason: "Client.UnauthorizedOperation" }],
  [{ errorCode: "ThrottlingException" }, { result: "failure", reason: "ThrottlingException" }],
  // The trap: sign-ins have no error code.
  [
    { ...signIn, errorMessage: "Failed authentication", responseElements: { ConsoleLogin: "Failure" } },
    { result: "failure", reason: "Failed authentication" },
  ],
  [{ ...signIn, responseElements: { ConsoleLogin: "Success" } }, { result: "success" }],
  [{ ...signIn, responseElements: null }, { result: "unknown" }],
  [
    { eventName: "CredentialVerification", serviceEventDetails: { CredentialVerification: "Failure" } },
    { result: "failure" },
  ],
] as const)("%j ends in %j", (record, outcome) => {
  expect(map(record as JsonObject).outcome).toEqual(outcome);
});

test("an address goes to the context, a host name to the details", () => {
  expect(map({ sourceIPAddress: "203.0.113.7" })).toMatchObject({ context: { ip: "203.0.113.7" } });
  const internal = map({ sourceIPAddress: "ec2.amazonaws.com" });
  expect(internal.context?.ip).toBeUndefined();
  expect(internal.details).toEqual({ source_host: "ec2.amazonaws.com" });
});

test("actors are told apart; a name that may be a password is not taken", () => {
  const actor = (userIdentity: JsonObject) => map({ userIdentity }).actor;
  const sessionContext = { sessionIssuer: { userName: "Admin" } };
  const person = { type: "AssumedRole", arn: "arn:aws:sts::1:assumed-role/Admin/jane@example.com", sessionContext };
  expect(actor(person)).toMatchObject({ type: "user", name: "Admin", role: "Admin" });
  expect(actor({ ...person, arn: "arn:aws:sts::1:assumed-role/Admin/i-0abc" }).type).toBe("service");
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
  expect(actor({ type: "IAMUser", accountId: "1", userName: "HIDDEN_DUE_TO_SECURITY_REASONS" })).toEqual({
    type: "user",
    id: "1",
  });
});

test("numbers that no double holds stay exact", () => {
  const [item] = readCloudTrail(
    '{"Records":[{"eventName":"X","requestParameters":{"big":12345678901234567890,"huge":1e999}}]}',
  );
  expect(item).toMatchObject({ record: { requestParameters: { big: "12345678901234567890", huge: "1e999" } } });
});
