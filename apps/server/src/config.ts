import { resolve } from "node:path";
import { parseArgs } from "node:util";
import { type PortRange, parsePortRange } from "./sources/listener/port-range.ts";

/** One setting: how it is given, what it means. `docs/config.md` has a line for each, held to this table by a test. */
interface Setting {
  readonly type: "string" | "number" | "boolean";
  readonly fallback: string | number | boolean | undefined;
  readonly unit?: string;
  readonly help: string;
}

const SETTINGS = {
  "data-dir": {
    type: "string",
    fallback: "./data",
    help: "Directory of the databases, segments and the search index.",
  },
  "state-dir": {
    type: "string",
    fallback: undefined,
    help: "Directory of the secrets and the rollback guard; `<data-dir>-state` when absent. Back it up apart from the data.",
  },
  port: { type: "number", fallback: 7117, help: "TCP port. 0 takes a free one." },
  host: {
    type: "string",
    fallback: "127.0.0.1",
    help: "Address to listen on. Everything but a loopback address exposes the log to the network: use TLS.",
  },
  "public-url": { type: "string", fallback: undefined, help: "URL under which people reach this server, for links." },
  "trust-proxy": {
    type: "boolean",
    fallback: false,
    help: "Believe `X-Forwarded-For` and `-Proto`: only behind a proxy that sets them.",
  },
  "tls-cert": {
    type: "string",
    fallback: undefined,
    help: "PEM file with the certificate chain; with `tls-key`, the server speaks HTTPS. Read again when it changes.",
  },
  "tls-key": { type: "string", fallback: undefined, help: "PEM file with the private key." },
  "clickhouse-url": {
    type: "string",
    fallback: undefined,
    help: "URL of a ClickHouse server to search with, instead of the embedded engine. While it is away events are recorded, and searched once it is back.",
  },
  "ingest-threads": {
    type: "number",
    fallback: 0,
    help: "Threads that parse and hash events. 0: one less than the processors.",
  },
  "max-body-bytes-in-flight": {
    type: "number",
    fallback: 128 * 1024 * 1024,
    unit: "bytes",
    help: "Request bodies held at one time; beyond it ingest answers 503 with `Retry-After`.",
  },
  "key-rotation-days": {
    type: "number",
    fallback: 7,
    unit: "days",
    help: "How long after an erasure the keys are rotated, which makes it final. `cairn keys rotate` does it now.",
  },
  "operator-name": {
    type: "string",
    fallback: "Operations",
    help: "How tenants' logs name the operators of this instance, as in `CareAR Operations`.",
  },
  "session-idle-minutes": {
    type: "number",
    fallback: 60,
    unit: "minutes",
    help: "A browser session ends after so long without a request.",
  },
  "session-hours": {
    type: "number",
    fallback: 12,
    unit: "hours",
    help: "A browser session ends after so long in any case.",
  },
  "tenant-deletion-days": {
    type: "number",
    fallback: 7,
    unit: "days",
    help: "How long the deletion of a tenant can be cancelled, unless a second operator confirms it before.",
  },
  "allow-insecure-issuers": {
    type: "boolean",
    fallback: false,
    help: "Let tenants name identity providers that are reached over plain HTTP: for trying things out.",
  },
  "allow-insecure-sources": {
    type: "boolean",
    fallback: false,
    help: "Poll sources over plain HTTP and at addresses of this network, too: for trying things out.",
  },
  "syslog-ports": {
    type: "string",
    fallback: undefined,
    help: "Ports that tenants may have their syslog sources listen on, `6514-6599`; without it there are no such sources.",
  },
  "syslog-host": {
    type: "string",
    fallback: undefined,
    help: "Address that syslog sources listen on; `host` when absent.",
  },
  "syslog-tls-cert": {
    type: "string",
    fallback: undefined,
    help: "PEM file with the certificate chain of syslog over TLS; `tls-cert` when absent.",
  },
  "syslog-tls-key": {
    type: "string",
    fallback: undefined,
    help: "PEM file with the private key of syslog over TLS; `tls-key` when absent.",
  },
  "watch-dir": {
    type: "string",
    fallback: undefined,
    help: "Directory whose `<project>/<tenant>` directories those tenants may have read as watched folders; without it there are none.",
  },
  "smtp-url": {
    type: "string",
    fallback: undefined,
    help: "`smtp://user:password@host:587` or `smtps://…` for invitations by mail; without it they are links to hand over.",
  },
  "mail-from": { type: "string", fallback: "cairn@localhost", help: "Sender of invitations." },
  "metrics-token": {
    type: "string",
    fallback: undefined,
    help: "Bearer token for `/metrics`, 16 characters or more, better in the environment; without it only this machine itself reads them, and operators who are signed in.",
  },
  "log-level": { type: "string", fallback: "info", help: "`debug`, `info`, `warn` or `error`." },
} as const satisfies Record<string, Setting>;

export type SettingName = keyof typeof SETTINGS;

/** The settings table, for the help text and the documentation's test. */
export const settings: Readonly<Record<SettingName, Setting>> = SETTINGS;

export interface Config {
  readonly dataDir: string;
  readonly stateDir: string | undefined;
  readonly port: number;
  readonly host: string;
  readonly publicUrl: string | undefined;
  readonly trustProxy: boolean;
  readonly tlsCert: string | undefined;
  readonly tlsKey: string | undefined;
  readonly clickhouseUrl: string | undefined;
  readonly ingestThreads: number;
  readonly maxBodyBytesInFlight: number;
  readonly keyRotationDays: number;
  readonly operatorName: string;
  readonly sessionIdleMinutes: number;
  readonly sessionHours: number;
  readonly tenantDeletionDays: number;
  readonly allowInsecureIssuers: boolean;
  readonly allowInsecureSources: boolean;
  readonly syslogPorts: PortRange | undefined;
  readonly syslogHost: string;
  readonly syslogTlsCert: string | undefined;
  readonly syslogTlsKey: string | undefined;
  readonly watchDir: string | undefined;
  readonly smtpUrl: string | undefined;
  readonly mailFrom: string;
  readonly metricsToken: string | undefined;
  readonly logLevel: string;
}

/** Every problem with the settings, reported together. */
export class ConfigError extends Error {
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(problems.join("\n"));
    this.name = "ConfigError";
    this.problems = problems;
  }
}

/** Name of a setting in the environment: `data-dir` is `CAIRN_DATA_DIR`. */
export function environmentName(name: string): string {
  return `CAIRN_${name.toUpperCase().replaceAll("-", "_")}`;
}

/** Reads settings from arguments, then the environment, then defaults. @throws ConfigError naming every problem */
export function readConfig(argv: readonly string[], environment: NodeJS.ProcessEnv): Config {
  const problems: string[] = [];
  const given = parseGiven(argv, problems);
  const read = (name: SettingName): string | number | boolean | undefined => {
    const setting: Setting = SETTINGS[name];
    const raw = given[name] ?? environment[environmentName(name)];
    if (raw === undefined) return setting.fallback;
    if (setting.type === "boolean") return raw === true || raw === "true" || raw === "1";
    if (setting.type === "string") return String(raw);
    const value = Number(raw);
    if (!Number.isSafeInteger(value) || value < 0) problems.push(`--${name}: ${String(raw)} is not a whole number`);
    return value;
  };
  const config: Config = {
    dataDir: resolve(read("data-dir") as string),
    stateDir: resolveOptional(read("state-dir") as string | undefined),
    port: read("port") as number,
    host: read("host") as string,
    publicUrl: read("public-url") as string | undefined,
    trustProxy: read("trust-proxy") as boolean,
    tlsCert: read("tls-cert") as string | undefined,
    tlsKey: read("tls-key") as string | undefined,
    clickhouseUrl: read("clickhouse-url") as string | undefined,
    ingestThreads: read("ingest-threads") as number,
    maxBodyBytesInFlight: read("max-body-bytes-in-flight") as number,
    keyRotationDays: read("key-rotation-days") as number,
    operatorName: read("operator-name") as string,
    sessionIdleMinutes: read("session-idle-minutes") as number,
    sessionHours: read("session-hours") as number,
    tenantDeletionDays: read("tenant-deletion-days") as number,
    allowInsecureIssuers: read("allow-insecure-issuers") as boolean,
    allowInsecureSources: read("allow-insecure-sources") as boolean,
    syslogPorts: readPorts(read("syslog-ports") as string | undefined, problems),
    syslogHost: (read("syslog-host") ?? read("host")) as string,
    syslogTlsCert: (read("syslog-tls-cert") ?? read("tls-cert")) as string | undefined,
    syslogTlsKey: (read("syslog-tls-key") ?? read("tls-key")) as string | undefined,
    watchDir: resolveOptional(read("watch-dir") as string | undefined),
    smtpUrl: read("smtp-url") as string | undefined,
    mailFrom: read("mail-from") as string,
    metricsToken: read("metrics-token") as string | undefined,
    logLevel: read("log-level") as string,
  };
  check(config, problems);
  if (problems.length > 0) throw new ConfigError(problems);
  return config;
}

function parseGiven(argv: readonly string[], problems: string[]): Record<string, string | boolean | undefined> {
  const options = Object.fromEntries(
    Object.entries(SETTINGS).map(([name, { type }]) => [
      name,
      { type: type === "boolean" ? ("boolean" as const) : ("string" as const) },
    ]),
  );
  try {
    return parseArgs({ args: [...argv], options, strict: true, allowPositionals: false }).values as Record<
      string,
      string | boolean | undefined
    >;
  } catch (error) {
    problems.push((error as Error).message);
    return {};
  }
}

function check(config: Config, problems: string[]): void {
  if (config.port > 65_535) problems.push(`--port: ${config.port} is not a port`);
  if ((config.tlsCert === undefined) !== (config.tlsKey === undefined))
    problems.push("--tls-cert and --tls-key belong together");
  if ((config.syslogTlsCert === undefined) !== (config.syslogTlsKey === undefined))
    problems.push("--syslog-tls-cert and --syslog-tls-key belong together");
  if (!["debug", "info", "warn", "error"].includes(config.logLevel))
    problems.push(`--log-level: ${config.logLevel} is none of debug, info, warn, error`);
  if (config.metricsToken !== undefined && !/^[\x21-\x7e]{16,500}$/.test(config.metricsToken))
    problems.push("--metrics-token: 16 to 500 visible ASCII characters");
  if (config.publicUrl !== undefined && !URL.canParse(config.publicUrl))
    problems.push(`--public-url: ${config.publicUrl} is not a URL`);
  if (config.sessionIdleMinutes === 0 || config.sessionHours === 0)
    problems.push("--session-idle-minutes and --session-hours must be at least 1");
  if (config.operatorName.trim() === "" || config.operatorName.length > 200)
    problems.push("--operator-name: 1 to 200 characters");
  if (config.smtpUrl !== undefined && !/^smtps?:/.test(config.smtpUrl))
    problems.push("--smtp-url: it begins with smtp:// or smtps://");
  if (config.clickhouseUrl !== undefined && !URL.canParse(config.clickhouseUrl))
    problems.push(`--clickhouse-url: ${config.clickhouseUrl} is not a URL`);
}

function resolveOptional(path: string | undefined): string | undefined {
  return path === undefined ? undefined : resolve(path);
}

function readPorts(text: string | undefined, problems: string[]): PortRange | undefined {
  if (text === undefined) return undefined;
  const range = parsePortRange(text);
  if (range === undefined) problems.push(`--syslog-ports: ${text} is no range of ports, like 6514-6599`);
  return range;
}
