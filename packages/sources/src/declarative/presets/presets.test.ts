import type { Json } from "@cairn/event";
import { expect, test } from "vitest";
import { eventsOf, expectRobust, expectSamples, sample } from "../../testing/check-mapping.ts";
import type { Definition } from "../definition.ts";
import { checkDefinition, compileDefinition } from "../definition-mapping.ts";
import { compileReader } from "../read-definition.ts";
import { DUTYCALL } from "./dutycall.ts";
import { EHR_ACCESS } from "./ehr-access.ts";
import { GITHUB } from "./github.ts";
import { GOOGLE_WORKSPACE } from "./google-workspace.ts";
import { AWS_ALB, HTTP_COMBINED, HTTP_NGINX_JSON } from "./http-access.ts";
import { PORTAL_ACTIVITY } from "./portal-activity.ts";
import { DEFINITION_PRESETS } from "./presets.ts";
import { RINGCX } from "./ringcx.ts";

/** Samples, and what is left out: the request line, which stands in the event in its parts. */
const SAMPLES: readonly (readonly [file: string, definition: Definition, ignored: readonly string[]])[] = [
  ["portal.csv", PORTAL_ACTIVITY, []],
  ["dutycall.json", DUTYCALL, []],
  ["ehr.csv", EHR_ACCESS, []],
  ["combined.log", HTTP_COMBINED, ["/request"]],
  ["nginx.ndjson", HTTP_NGINX_JSON, ["/request"]],
  ["alb.log", AWS_ALB, ["/request"]],
  ["github.ndjson", GITHUB, []],
  ["google.json", GOOGLE_WORKSPACE, []],
  ["ringcx.json", RINGCX, []],
];

const itemsOf = (file: string, definition: Definition) => compileReader(definition)(sample(`presets/${file}`));

/** Texts that a definition says mean nothing are left out wherever they stand. */
function withoutAbsent(file: string, definition: Definition) {
  const absent = new Set(definition.absent);
  return itemsOf(file, definition).map((item) => {
    if (item.kind === "refused") return item;
    const kept = Object.entries(item.record).filter(([, value]) => !absent.has(String(value)));
    return { ...item, record: Object.fromEntries(kept) };
  });
}

test.each(SAMPLES)("%s becomes what was committed", (file, definition, ignored) => {
  expect(checkDefinition(definition as unknown as Json)).toEqual(definition);
  const golden = `presets/${file.replace(/\.\w+$/, ".golden.json")}`;
  expectSamples(compileDefinition(definition), withoutAbsent(file, definition), { golden, ignored });
});

test.each(SAMPLES)("%s damaged is no harm", (file, definition, ignored) => {
  // Damage can put what means nothing anywhere: here it counts as something.
  const { absent: _absent, split: _split, ...rest } = definition;
  expectRobust(compileDefinition(rest), itemsOf(file, definition), ignored);
});

test("every preset has a sample", () => {
  expect(new Set(SAMPLES.map(([, definition]) => definition))).toEqual(new Set(DEFINITION_PRESETS));
});

const map = (file: string, definition: Definition) =>
  itemsOf(file, definition).flatMap((item) => {
    if (item.kind === "refused") throw item.error;
    const mapping = compileDefinition(definition);
    return (mapping.divide?.(item.record) ?? [item.record]).map((record) => {
      const mapped = mapping.map(record, {});
      if (mapped.kind === "skipped") throw new Error(mapped.reason);
      return mapped.event;
    });
  });

test("portal: three users are none, and the seven categories are the preset's", () => {
  const events = map("portal.csv", PORTAL_ACTIVITY);
  expect(events.map(({ actor, category, verb }) => [actor?.type, category, verb])).toEqual([
    ["user", "user_administration", "create"],
    ["system", "administration_settings", "other"],
    ["api", "provisioning_api", "delete"],
    ["operator", "experiences", "other"],
  ]);
  expect(events[2]?.occurred_at).toBe("2026-03-04T17:08:00.000Z");
});

test.each([
  ["portal.csv", PORTAL_ACTIVITY, (header: string) => header.toLowerCase()],
  ["portal.csv", PORTAL_ACTIVITY, (header: string) => header.replaceAll(" ", "_").toUpperCase()],
  ["ehr.csv", EHR_ACCESS, (header: string) => header.replaceAll("_", " ")],
])("%s: columns count however their names are spelled", (file, definition, spell) => {
  const [header = "", ...rows] = sample(`presets/${file}`).split("\n");
  const items = compileReader(definition)([spell(header), ...rows].join("\n"));
  expect(eventsOf(compileDefinition(definition), items)).toEqual(
    eventsOf(compileDefinition(definition), itemsOf(file, definition)),
  );
});

test("of two columns that differ in spelling only, both are kept", () => {
  const items = compileReader(PORTAL_ACTIVITY)("username,Username,user_name\na,b,c\n");
  expect(eventsOf(compileDefinition(PORTAL_ACTIVITY), items)).toMatchObject([
    { actor: { id: "b" }, details: { username: "a", user_name: "c" } },
  ]);
});

test("DutyCall: outcome from the action, before and after as a change", () => {
  const [login, exported, setting] = map("dutycall.json", DUTYCALL);
  expect(login).toMatchObject({ outcome: { result: "success" }, category: "authentication" });
  expect(exported).toMatchObject({
    targets: [{ type: "voice_call_records" }],
    details: { details: { record_count: 1523 } },
  });
  expect(setting?.changes).toEqual([{ field: "retention_policy", before: "90 days", after: "180 days" }]);
});

test("access logs: 4xx fails, 401, 403 and 429 deny, a request that is none is an action of its own", () => {
  const events = map("combined.log", HTTP_COMBINED);
  expect(events.map(({ action, outcome }) => [action, outcome?.result])).toEqual([
    ["http.get", "success"],
    ["http.delete", "denied"],
    ["http.malformed", "failure"],
    ["http.get", "failure"],
  ]);
  expect(events[0]).toMatchObject({
    occurred_at: "2026-10-10T20:55:36.000Z",
    context: { user_agent: 'Mozilla/5.0 (X11; "quoted")' },
  });
  expect(map("nginx.ndjson", HTTP_NGINX_JSON)[1]).toMatchObject({
    actor: { id: "jane" },
    outcome: { result: "denied" },
  });
  expect(map("alb.log", AWS_ALB)[0]).toMatchObject({ context: { ip: "203.0.113.7" }, outcome: { result: "success" } });
});

test("GitHub: pairs are changes, and what is named a denial is none", () => {
  const events = map("github.ndjson", GITHUB);
  expect(events[1]?.changes).toEqual([{ field: "visibility", before: "private", after: "public" }]);
  expect(events[2]).toMatchObject({
    actor: { type: "service" },
    changes: [
      { field: "config", before: { url: "https://a" }, after: { url: "https://b" } },
      { field: "events", before: ["*"], after: ["push"] },
    ],
  });
  expect(events[3]).toMatchObject({ verb: "login", outcome: { result: "failure" } });
  // Whoever denies an application access has succeeded.
  expect(events[5]).toMatchObject({ action: "org.oauth_app_access_denied", outcome: { result: "success" } });
});

test("Google Workspace: an activity is as many events as it holds", () => {
  const events = map("google.json", GOOGLE_WORKSPACE);
  expect(events.map(({ action, outcome }) => [action, outcome?.result])).toEqual([
    ["login.login_failure", "failure"],
    ["admin.change_application_setting", "success"],
    ["admin.suspend_user", "success"],
    ["drive.download", "failure"],
  ]);
  expect(events[1]?.changes).toEqual([{ field: "Sharing", before: "off", after: "on" }]);
});
