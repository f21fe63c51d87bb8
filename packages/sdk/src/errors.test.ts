import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import type { ClientErrorCode } from "./errors.ts";

/** The compiler holds this to the type: none missing, none too many. */
const CODES: Readonly<Record<ClientErrorCode, true>> = {
  unreachable: true,
  response_invalid: true,
  redirected: true,
  queue_full: true,
  not_serializable: true,
  closed: true,
  aborted: true,
  option_invalid: true,
};

test("docs/errors.md says of each what it means", () => {
  const page = readFileSync(new URL("../../../docs/errors.md", import.meta.url), "utf8");
  const [, section = ""] = page.split("\n## Of the SDK\n");
  const documented = [...(section.split(/^##/m)[0] ?? "").matchAll(/^\| `([a-z0-9_]+)` \| ./gm)].map(
    (match) => match[1],
  );
  expect(documented).toEqual(Object.keys(CODES));
});
