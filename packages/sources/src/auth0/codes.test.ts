import { readFileSync } from "node:fs";
import { DEFAULT_CATEGORIES } from "@cairn/event";
import { describe, expect, test } from "vitest";
import type { JsonObject } from "../core/json-values.ts";
import { accept } from "../testing/accept.ts";
import { lostLeaves } from "../testing/lost-leaves.ts";
import { createAuth0Mapping } from "./auth0.ts";
import { AUTH0_CODES } from "./codes.ts";

const generated = readFileSync(new URL("../../testdata/auth0/generated.ndjson", import.meta.url), "utf8")
  .trim()
  .split("\n")
  .map((line) => JSON.parse(line) as JsonObject);

describe("the table of codes", () => {
  test("has the 179 codes of the documentation and four of older tenants", () => {
    expect(AUTH0_CODES.size).toBe(183);
  });

  test("uses actions, verbs, categories that the door and the default list know", () => {
    const categories = new Set(DEFAULT_CATEGORIES.map(({ id }) => id));
    for (const { action, verb, category, result } of AUTH0_CODES.values()) {
      expect(accept({ action, verb, category, outcome: { result } }).action).toBe(action);
      expect(categories).toContain(category);
    }
  });

  test("does not go by the first letter", () => {
    const result = (code: string) => AUTH0_CODES.get(code)?.result;
    expect(result("ss_sso_failure")).toBe("failure");
    expect(result("signup_pwd_leak")).toBe("denied");
    expect(result("flows_execution_completed")).toBe("success");
    expect(result("forms_submission_succeeded")).toBe("success");
    expect(result("sys_update_start")).toBe("unknown");
    for (const code of ["f", "fp", "fu", "fc", "fco", "fcoa", "fens"]) {
      expect(AUTH0_CODES.get(code)).toMatchObject({ action: "session.login", verb: "login", result: "failure" });
    }
  });
});

describe("every type that Auth0 has a schema for", () => {
  const mapping = createAuth0Mapping();

  test("is in the table", () => {
    expect(generated.length).toBe(166);
    expect(generated.filter(({ type }) => !AUTH0_CODES.has(String(type)))).toEqual([]);
  });

  test.each(generated.map((record) => [String(record.type), record] as const))("%s", (code, record) => {
    const mapped = mapping.map(record, {});
    if (mapped.kind !== "event") throw new Error("skipped");
    expect(accept(mapped.event)).toMatchObject({
      id: record.log_id,
      source: "auth0",
      source_action: code,
      occurred_at: "2026-01-15T10:30:00.000Z",
      action: AUTH0_CODES.get(code)?.action,
      outcome: { result: AUTH0_CODES.get(code)?.result },
    });
    expect(mapped.event.warnings).toBeUndefined();
    expect(lostLeaves(record, mapped.event)).toEqual([]);
  });
});
