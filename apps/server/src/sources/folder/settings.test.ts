import { describe, expect, test } from "vitest";
import { checkFolder } from "./settings.ts";

const config = { watchDir: "/srv/watched" };

describe("checkFolder", () => {
  test("says who can open a directory when none is", () => {
    expect(() => checkFolder({ format: "cairn" }, { watchDir: undefined })).toThrow("--watch-dir");
  });

  test.each(["..", "a/../b", "./a", "a/."])("%j leads elsewhere", (path) => {
    expect(() => checkFolder({ format: "cairn", path }, config)).toThrow("it goes down only");
  });

  test("takes names that only look like it", () => {
    expect(() => checkFolder({ format: "cairn", path: "a..b/...c" }, config)).not.toThrow();
  });
});
