import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

/** Where `cairn serve` listens unless told otherwise; `vite` alone serves the page in development and asks it. */
const SERVER = "http://localhost:7117";

export default defineConfig(({ command }) => {
  // A build started by the tests would otherwise be one for development: larger, slower, and kept for the next start.
  if (command === "build") process.env.NODE_ENV = "production";
  return {
    plugins: [react()],
    build: {
      target: "es2023",
      // The content security policy allows neither inline scripts nor data: in style sheets.
      assetsInlineLimit: 0,
      modulePreload: { polyfill: false },
      rolldownOptions: { input: ["index.html", "used-link.html"] },
    },
    server: {
      proxy: { "/v1": SERVER, "/log": SERVER, "/first-use": SERVER, "/docs": SERVER },
    },
  };
});
