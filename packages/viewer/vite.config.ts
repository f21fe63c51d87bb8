import { defineConfig } from "vite";

/** One file that a page loads by a script tag: no imports, no names of its own. */
export default defineConfig({
  build: {
    target: "es2023",
    lib: { entry: "element/index.ts", formats: ["iife"], name: "cairnViewer", fileName: () => "viewer.js" },
  },
});
