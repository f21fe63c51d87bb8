import { describe, expect, test } from "vitest";
import { type StepsAsk, stepsOf, usesToken } from "./source-steps.ts";

const WEBHOOK: StepsAsk = {
  ...{ kind: "declarative", url: "https://log.example.com/v1/sources/src_1/events", token: "cairn_src_x" },
  ...{ preset: undefined, settings: {} },
};
const said = (ask: StepsAsk) => stepsOf(ask).flatMap(({ text, copy }) => [text, ...(copy ? [copy.value] : [])]);

describe("what to do at the other side", () => {
  test("has the address and the token filled in, and a command that can be pasted", () => {
    for (const kind of [
      "auth0_stream",
      "okta_hook",
      "cloudtrail",
      "entra",
      "microsoft365",
      "declarative",
      "new_kind",
    ]) {
      const text = said({ ...WEBHOOK, kind }).join("\n");
      expect(text, kind).toContain(WEBHOOK.url);
      expect(text, kind).toContain("cairn_src_x");
      expect(usesToken({ ...WEBHOOK, kind })).toBe(true);
    }
    expect(said(WEBHOOK)).toContain(
      `curl -H "Authorization: Bearer cairn_src_x" --data-binary @activity.csv ${WEBHOOK.url}`,
    );
  });

  test("never names a token that is not known any more", () => {
    const text = said({ ...WEBHOOK, token: undefined }).join("\n");
    expect(text).toContain("the token that was shown when it was made");
    expect(text).toContain("Bearer $TOKEN");
  });

  test("needs no token where the sender signs, and none at a port or a folder", () => {
    expect(usesToken({ ...WEBHOOK, kind: "github_webhook" })).toBe(false);
    expect(usesToken({ ...WEBHOOK, kind: "syslog", url: "tls://log.example.com:6514" })).toBe(false);
    expect(usesToken({ ...WEBHOOK, kind: "folder", url: null })).toBe(false);
    expect(usesToken({ ...WEBHOOK, kind: "auth0_poller", url: null })).toBe(false);
  });

  test("names host and port of syslog, and TLS only where there is some", () => {
    const tls = said({ ...WEBHOOK, kind: "syslog", url: "tls://log.example.com:6514" }).join("\n");
    expect(tls).toContain('target="log.example.com" port="6514"');
    expect(tls).toContain('transport("tls")');
    const tcp = said({ ...WEBHOOK, kind: "syslog", url: "tcp://log.example.com:6515" }).join("\n");
    expect(tcp).toContain('transport("tcp")');
    expect(tcp).not.toMatch(/StreamDriver|tls\(/);
  });

  test("of DICOM names the audit repository, and no syslog program", () => {
    const url = "tls://log.example.com:6514";
    const dicom = said({ ...WEBHOOK, kind: "syslog", url, settings: { format: "dicom" } }).join("\n");
    expect(dicom).toContain("log.example.com:6514");
    expect(dicom).not.toContain("omfwd");
  });

  test("of a folder names the tenant's own, or an example where nobody knows it", () => {
    const ask = { ...WEBHOOK, kind: "folder", url: null, settings: { path: "nginx" } };
    expect(said({ ...ask, place: { project: "p-1", tenant: "clinic" } })).toContain("p-1/clinic/nginx/");
    expect(said(ask)).toContain("default/acme/nginx/");
  });

  test("begins with what a mapping that ships wants", () => {
    expect(said({ ...WEBHOOK, preset: "nginx" })[1]).toMatch(/^log_format cairn escape=json/);
    expect(said({ ...WEBHOOK, preset: "constructor" })).toEqual(said(WEBHOOK));
  });
});
