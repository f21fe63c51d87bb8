import { describe, expect, test } from "vitest";
import type { SourceKind } from "../api/source-answers.ts";
import { fieldValues, readSettings, settingFields } from "./setting-fields.ts";

const KIND: SourceKind = {
  ...{ kind: "x", title: "X", arrives: "poller", secrets: [], fixed: ["url"] },
  settings: {
    required: ["url", "days", "transport"],
    properties: {
      keep: { type: "boolean", description: "Keep it under `details`." },
      url: { type: "string", pattern: "^https?://[^/]+$", maxLength: 300 },
      days: { type: "integer", minimum: 1, maximum: 30 },
      logs: { type: "array", items: { enum: ["a", "b"] } },
      networks: { type: "array", items: { type: "string" } },
      transport: { anyOf: [{ const: "tcp" }, { const: "tls" }] },
      start_at: { type: "string", pattern: "^\\d{4}-\\d\\d-\\d\\dT" },
      ca: { type: "string", maxLength: 20_000 },
      other: { type: "object" },
      every: { type: "integer", default: 60 },
    },
  },
};
const FIELDS = settingFields(KIND);
const ALL = {
  keep: true,
  url: "https://a.example",
  days: 5,
  logs: ["b"],
  networks: ["10.0.0.0/8", "::/0"],
  transport: "tls",
  start_at: "2026-03-04T05:06:00.000Z",
  ca: "-----BEGIN",
  other: { a: [1] },
  every: 30,
};

describe("the form of a kind", () => {
  test("asks first for what must be given, each in its way", () => {
    expect(FIELDS.map(({ name, how }) => [name, how.input])).toEqual([
      ["url", "text"],
      ["days", "number"],
      ["transport", "choice"],
      ["keep", "check"],
      ["logs", "choices"],
      ["networks", "lines"],
      ["start_at", "moment"],
      ["ca", "text"],
      ["other", "json"],
      ["every", "number"],
    ]);
    expect(FIELDS.find(({ name }) => name === "url")).toMatchObject({ isFixed: true, how: { isAddress: true } });
    expect(FIELDS.find(({ name }) => name === "ca")).toMatchObject({ how: { isLong: true } });
    expect(FIELDS.find(({ name }) => name === "keep")?.description).toBe("Keep it under details.");
  });

  test("gives back the settings that it was filled with", () => {
    expect(readSettings(FIELDS, fieldValues(FIELDS, ALL))).toEqual({ kind: "settings", settings: ALL });
  });

  test("leaves out what is empty, and begins with what is usual", () => {
    expect(readSettings(FIELDS, fieldValues(FIELDS, {}))).toEqual({
      kind: "settings",
      settings: { transport: "tcp", every: 60 },
    });
  });

  test("says which field cannot be read", () => {
    const values = fieldValues(FIELDS, ALL);
    expect(readSettings(FIELDS, { ...values, other: "{" })).toEqual({ kind: "wrong", field: "other" });
    expect(readSettings(FIELDS, { ...values, days: "many" })).toEqual({ kind: "wrong", field: "days" });
    expect(readSettings(FIELDS, { ...values, start_at: "soon" })).toEqual({ kind: "wrong", field: "start_at" });
  });
});
