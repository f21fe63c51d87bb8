import { defineConfig } from "vitest/config";

/** `unit` and `search` live beside the code; `system` starts real servers and kills them. */
export default defineConfig({
  test: {
    // Most tests wait as long as they compute: two files at a time keep two cores busy.
    maxWorkers: 2,
    projects: [
      {
        test: {
          name: "unit",
          include: ["packages/*/src/**/*.test.ts", "apps/*/src/**/*.test.ts", "scripts/**/*.test.ts"],
          exclude: ["packages/search/**"],
          testTimeout: 60_000,
        },
      },
      {
        test: {
          // Real engines.
          name: "search",
          include: ["packages/search/src/**/*.test.ts"],
          testTimeout: 120_000,
          hookTimeout: 120_000,
        },
      },
      {
        test: {
          name: "system",
          include: ["tests/**/*.test.ts"],
          testTimeout: 180_000,
          hookTimeout: 120_000,
        },
      },
    ],
  },
});
