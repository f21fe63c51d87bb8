import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import type { MerkleErrorCode } from "./error.ts";

/** The compiler holds this to the type: none missing, none too many. */
const CODES: Readonly<Record<MerkleErrorCode, true>> = {
  malformed_hex: true,
  malformed_base64: true,
  malformed_utf8: true,
  malformed_unit: true,
  malformed_entry: true,
  malformed_disclosure: true,
  malformed_compact_range: true,
  malformed_tile: true,
  malformed_tile_path: true,
  malformed_entry_bundle: true,
  malformed_note: true,
  malformed_vkey: true,
  malformed_checkpoint: true,
  malformed_cosignature: true,
  malformed_policy: true,
  malformed_proof: true,
  unsupported_key: true,
  unsupported_platform: true,
  unit_count: true,
  duplicate_commitment: true,
  missing_node: true,
  out_of_range: true,
};

test("docs/errors.md says of each what it means", () => {
  const page = readFileSync(new URL("../../../docs/errors.md", import.meta.url), "utf8");
  const [, section = ""] = page.split("\n## Of formats\n");
  const documented = [...(section.split(/^##/m)[0] ?? "").matchAll(/^\| `([a-z0-9_]+)` \| ./gm)].map(
    (match) => match[1],
  );
  expect(documented).toEqual(Object.keys(CODES));
});
