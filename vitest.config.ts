import { defineConfig } from "vitest/config";

/** The files of a worker share what they import, which is a third of the work: so no test changes what is not its own. */
const isolate = false;

/** `unit` and `search` live beside the code; `system` starts real servers and kills them. One group after the other. */
export default defineConfig({
  test: {
    projects: [
      {
        test: {
          // Real engines, one at a time: two of them and their time-outs do not share two cores well.
          name: "search",
          isolate,
          include: ["packages/search/src/**/*.test.ts"],
          testTimeout: 120_000,
          hookTimeout: 120_000,
          fileParallelism: false,
          sequence: { groupOrder: 0 },
        },
      },
      {
        test: {
          name: "unit",
          isolate,
          include: ["packages/*/src/**/*.test.ts", "apps/*/src/**/*.test.ts", "scripts/**/*.test.ts"],
          exclude: ["packages/search/**"],
          testTimeout: 60_000,
          maxWorkers: 2,
          sequence: { groupOrder: 1 },
        },
      },
      {
        test: {
          // These wait longer than they compute: three files at a time keep two cores busy.
          name: "system",
          isolate,
          include: ["tests/**/*.test.ts"],
          testTimeout: 180_000,
          hookTimeout: 120_000,
          // What is waited for comes, but a busy machine takes longer than the second that is the default.
          expect: { poll: { timeout: 20_000 } },
          maxWorkers: 3,
          sequence: { groupOrder: 2 },
        },
      },
    ],
  },
});
