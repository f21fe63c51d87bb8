import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

/** The files of a worker share what they import, which is a third of the work: so no test changes what is not its own. */
const isolate = false;

/** Programs that tests start find what Node made of their sources before, as the launcher does: compiling is most of a short run. */
const env = { NODE_COMPILE_CACHE: fileURLToPath(new URL("node_modules/.cache/cairn", import.meta.url)) };

/** `unit` and `search` live beside the code; `system`, which comes after them, starts real servers and kills them. */
export default defineConfig({
  test: {
    projects: [
      {
        test: {
          // Real engines: they compute beside each other and beside `unit`, and wait longer than they would alone.
          name: "search",
          isolate,
          env,
          maxWorkers: 3,
          sequence: { groupOrder: 0 },
          include: ["packages/search/src/**/*.test.ts"],
          testTimeout: 120_000,
          hookTimeout: 120_000,
        },
      },
      {
        test: {
          name: "unit",
          isolate,
          env,
          maxWorkers: 3,
          sequence: { groupOrder: 0 },
          include: ["packages/*/src/**/*.test.ts", "apps/*/src/**/*.test.ts", "scripts/**/*.test.ts"],
          exclude: ["packages/search/**"],
          testTimeout: 60_000,
        },
      },
      {
        test: {
          name: "system",
          isolate,
          env,
          // Most of these wait as long as they compute: four at a time keep two cores busy.
          maxWorkers: 4,
          sequence: { groupOrder: 1 },
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
