import { expect, test } from "vitest";
import type { JsonObject } from "../core/json-values.ts";
import { SourceError } from "../core/source-error.ts";
import { expectRobust, expectSamples, sample } from "../testing/check-mapping.ts";
import { gitHubWebhookMapping } from "./github-webhook.ts";
import { readGitHubWebhook } from "./read-github.ts";

const deliveries = JSON.parse(sample("github/deliveries.json")) as readonly {
  readonly event: string;
  readonly delivery: string;
  readonly hook_id?: string;
  readonly payload: JsonObject;
}[];

const items = deliveries.flatMap(({ event, delivery, hook_id: hook, payload }) =>
  readGitHubWebhook(JSON.stringify(payload), {
    ...{ "x-github-event": event, "x-github-delivery": delivery, "x-github-hook-id": hook },
  }),
);

test("deliveries become what was committed", () => {
  const [privatized, member, push, alert, team] = expectSamples(gitHubWebhookMapping, items, {
    golden: "github/deliveries.golden.json",
  });
  expect(privatized).toMatchObject({
    id: "72d3162e-cc78-11e3-81ab-4c9367dc0958",
    action: "repository.privatized",
    verb: "revoke",
    actor: { type: "user", id: "octocat" },
    outcome: { result: "success" },
  });
  expect(member).toMatchObject({ action: "member.added", verb: "grant", category: "permission" });
  expect(member?.targets).toContainEqual({ type: "user", id: "hubot" });
  expect(push).toMatchObject({ action: "push", source_action: "push", verb: "update" });
  expect(push?.targets).toContainEqual({ type: "ref", id: "refs/heads/main" });
  expect(alert).toMatchObject({ occurred_at: "2026-03-04T05:06:08.000Z", actor: { type: "service" } });
  expect(team).toMatchObject({ action: "team.added_to_repository", verb: "grant" });
});

test("is robust", () => expectRobust(gitHubWebhookMapping, items));

test("a ping is no event", () => {
  const [ping] = readGitHubWebhook('{"zen":"Keep it logically awesome.","hook_id":1}', {
    ...{ "x-github-event": "ping", "x-github-delivery": "1" },
  });
  expect(ping?.kind === "record" && gitHubWebhookMapping.map(ping.record, {}).kind).toBe("skipped");
});

test("a form holds the payload in a field", () => {
  const form = new URLSearchParams({ payload: JSON.stringify(deliveries[0]?.payload) }).toString();
  const [item] = readGitHubWebhook(form, {
    ...{ "x-github-event": "repository", "x-github-delivery": "72d3162e-cc78-11e3-81ab-4c9367dc0958" },
    ...{ "x-github-hook-id": "292430182", "content-type": "application/x-www-form-urlencoded" },
  });
  expect(item?.kind === "record" && item.record).toEqual(deliveries[0]);
});

test.each([
  ["no event", "{}", { "x-github-delivery": "1" }],
  ["no name", "{}", { "x-github-event": "push" }],
  ["a name that is none", "{}", { "x-github-event": "push", "x-github-delivery": "a b" }],
  ["no JSON", "{", { "x-github-event": "push", "x-github-delivery": "1" }],
  ["two bodies", "{}\n{}", { "x-github-event": "push", "x-github-delivery": "1" }],
])("a delivery with %s is refused", (_name, body, headers) => {
  const [item, ...more] = readGitHubWebhook(body, headers);
  expect(more).toEqual([]);
  expect(item).toMatchObject({ kind: "refused", text: body });
  expect(item?.kind === "refused" && item.error).toBeInstanceOf(SourceError);
});
