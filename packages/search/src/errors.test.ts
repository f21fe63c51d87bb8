import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { EngineLockedError, EngineStartError, EngineUnavailableError } from "./engine/errors.ts";
import type { IndexFault } from "./errors.ts";

/** The compiler holds this to the type: none missing, none too many. */
const FAULTS: Readonly<Record<IndexFault, true>> = {
  unavailable: true,
  too_expensive: true,
  sort_too_large: true,
  cursor_invalid: true,
  internal: true,
};
const ENGINE_ERRORS = [new EngineUnavailableError(""), new EngineLockedError(""), new EngineStartError("")];

test("docs/errors.md says of each what it means", () => {
  const page = readFileSync(new URL("../../../docs/errors.md", import.meta.url), "utf8");
  const [, section = ""] = page.split("\n## Of the search index\n");
  const documented = [...(section.split(/^## /m)[0] ?? "").matchAll(/^\| `([a-z0-9_]+)` \| ./gm)].map(
    (match) => match[1],
  );
  expect(documented).toEqual([...Object.keys(FAULTS), ...ENGINE_ERRORS.map(({ code }) => code)]);
});
