import { defineConfig } from "vitest/config";

/** The files of a worker share what they import, which is a third of the work: so no test changes what is not its own. */
const isolate = false;

/** `unit` and `search` live beside the code; `system` starts real servers and kills them. */
export default defineConfig({
  test: {
    // Most files wait as long as they compute: four at a time keep two cores busy.
    maxWorkers: 4,
    projects: [
      {
        test: {
          // Real engines: they compute beside each other and beside `unit`, and wait longer than they would alone.
          name: "search",
          isolate,
          include: ["packages/search/src/**/*.test.ts"],
          testTimeout: 120_000,
          hookTimeout: 120_000,
        },
      },
      {
        test: {
          name: "unit",
          isolate,
          include: ["packages/*/src/**/*.test.ts", "apps/*/src/**/*.test.ts", "scripts/**/*.test.ts"],
          exclude: ["packages/search/**"],
          testTimeout: 60_000,
        },
      },
      {
        test: {
          name: "system",
          isolate,
          include: ["tests/**/*.test.ts"],
          testTimeout: 180_000,
          hookTimeout: 120_000,
          // What is waited for comes, but a busy machine takes longer than the second that is the default.
          expect: { poll: { timeout: 20_000 } },
        },
      },
    ],
  },
});
