import type { CairnEvent } from "@cairn/event";
import { expect, test } from "vitest";
import { sentenceOf } from "./sentence.ts";

const EVENT: CairnEvent = {
  id: "e-1",
  occurred_at: "2026-01-01T00:00:00.000Z",
  action: "document.viewed",
  verb: "read",
  category: "documents",
  actor: { type: "user", id: "u-1", name: "Jane Doe" },
  targets: [{ type: "document", id: "d-7" }],
  outcome: { result: "success" },
  source: "api",
};

test.each<[string, Partial<CairnEvent>]>([
  ["Jane Doe read document d-7.", {}],
  ["What the product says.", { description: "What the product says." }],
  [
    "Jane Doe tried to read document d-7, and was denied: not hers.",
    { outcome: { result: "denied", reason: "not hers" } },
  ],
  ["Jane Doe tried to read document d-7, and failed.", { outcome: { result: "failure" } }],
  ["Jane Doe read document d-7; how it ended is not recorded.", { outcome: { result: "unknown" } }],
  ["Jane Doe did fax.rerouted on document d-7.", { verb: "other", action: "fax.rerouted" }],
  ["Jane Doe signed in.", { verb: "login", action: "user.login", targets: [] }],
  ["Jane Doe exported something (report.exported).", { verb: "export", action: "report.exported", targets: [] }],
  [
    "Nightly, on behalf of ada@example.com, sent fax 1, fax 2, fax 3 and 2 more.",
    {
      verb: "send",
      actor: { type: "service", name: "Nightly", on_behalf_of: { type: "user", email: "ada@example.com" } },
      targets: ["1", "2", "3", "4", "5"].map((id) => ({ type: "fax", id })),
    },
  ],
  [
    "Forgotten person ab12cd read patient forgotten person zz9yy8.",
    {
      actor: { type: "user", ref: "sub_ab12cd34" },
      targets: [{ type: "patient", ref: "sub_zz9yy8xx" }],
    },
  ],
  ["The system read document d-7.", { actor: { type: "system" } }],
])("%s", (sentence, changed) => {
  expect(sentenceOf({ ...EVENT, ...changed })).toBe(sentence);
});
