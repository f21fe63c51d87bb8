import { existsSync } from "node:fs";
import { describe, expect, test } from "vitest";
import * as room from "./index.ts";

/** Page of `docs/sources` for each mapping that leaves the room. */
const PAGES: Readonly<Record<string, string>> = {
  auditTrailMapping: "ringcentral",
  cloudEventsMapping: "cloudevents",
  cloudTrailMapping: "cloudtrail",
  createAuth0Mapping: "auth0",
  createDesktopMapping: "desktop",
  createDicomMapping: "dicom",
  createSessionReportMapping: "ringcentral",
  entraMapping: "entra",
  fhirAuditMapping: "fhir",
  gitHubWebhookMapping: "github",
  microsoft365Mapping: "microsoft365",
  oktaMapping: "okta",
  otlpMapping: "otlp",
  retracedExportMapping: "retraced",
  retracedMapping: "retraced",
  splunkHecMapping: "splunk-hec",
  syslogMapping: "syslog",
  workosExportMapping: "workos",
  workosMapping: "workos",
};

describe("the door of the room", () => {
  test("shows every mapping, and each has its page", () => {
    expect(
      Object.keys(room)
        .filter((name) => name.endsWith("Mapping"))
        .toSorted(),
    ).toEqual(Object.keys(PAGES));
    for (const page of Object.values(PAGES)) {
      expect(existsSync(new URL(`../../../docs/sources/${page}.md`, import.meta.url)), page).toBe(true);
    }
  });

  test("no two presets, and no preset and mapping, share a source", () => {
    const sources = Object.entries(room).flatMap(([name, value]) => (/_SOURCE$/.test(name) ? [value as string] : []));
    const presets = room.DEFINITION_PRESETS.map(({ name }) => name);
    expect(new Set([...sources, ...presets]).size).toBe(sources.length + presets.length);
  });
});
