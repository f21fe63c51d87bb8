import { expect, test } from "vitest";
import { groupKinds } from "./kind-groups.ts";

const kind = (name: string) => ({
  ...{ kind: name, title: name, arrives: "webhook", settings: {}, secrets: [], fixed: [] },
});

test("kinds are offered in groups; what is in none is offered all the same", () => {
  const names = ["syslog", "okta_hook", "folder", "ringcentral_audit", "cloudtrail", "auth0_poller", "carrier_pigeon"];
  expect(groupKinds(names.map(kind)).map(([group, kinds]) => [group, kinds.map((each) => each.kind)])).toEqual([
    ["identity", ["okta_hook", "auth0_poller"]],
    ["cloud", ["cloudtrail"]],
    ["telephony", ["ringcentral_audit"]],
    ["files", ["folder"]],
    ["anything", ["syslog", "carrier_pigeon"]],
  ]);
});
