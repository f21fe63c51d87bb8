import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { ConfigError, environmentName, readConfig, settings } from "./config.ts";

describe("settings", () => {
  test("docs/config.md has a line for each, with its default and help", () => {
    const page = readFileSync(new URL("../../../docs/config.md", import.meta.url), "utf8");
    const documented = [...page.matchAll(/^\| `--([a-z-]+)` \| `([A-Z_]+)` \| (.*?) \| (.+) \|$/gm)].map((match) =>
      match.slice(1),
    );
    const expected = Object.entries(settings).map(([name, { fallback, help, unit }]) => [
      name,
      environmentName(name),
      fallback === undefined ? "–" : `\`${fallback}\`${unit === undefined ? "" : ` ${unit}`}`,
      help,
    ]);
    expect(documented).toEqual(expected);
  });

  test("come from arguments before the environment before defaults", () => {
    expect(readConfig([], {}).port).toBe(7117);
    expect(readConfig([], { CAIRN_PORT: "8000" }).port).toBe(8000);
    expect(readConfig(["--port", "9000"], { CAIRN_PORT: "8000" }).port).toBe(9000);
  });

  test("report every problem together", () => {
    const read = () => readConfig(["--port", "x", "--tls-cert", "a.pem"], { CAIRN_LOG_LEVEL: "loud" });
    expect(read).toThrow(ConfigError);
    expect(() => readConfig(["--metrics-token", "short"], {})).toThrow(/metrics-token: 16 to 500/);
    expect(read).toThrow(/--port: x(.|\n)*tls-cert and --tls-key(.|\n)*log-level/);
  });
});
