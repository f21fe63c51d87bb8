import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { unpackedPackages } from "../../support/debian-packages.ts";

/** Both programs, and the libraries of theirs that a small machine has not. */
const PACKAGES = [
  ...["rsyslog", "rsyslog-openssl", "libestr0", "libfastjson4", "liblognorm5"],
  ...["syslog-ng-core", "libivykis0", "libnet1", "libjson-c5", "libwrap0", "libglib2.0-0", "libpcre3"],
];
const RSYSLOG = "usr/sbin/rsyslogd";
const SYSLOG_NG = "usr/sbin/syslog-ng";

/** rsyslog and syslog-ng as Debian packages them, or the reason why they cannot be had. */
export type DebianSyslog =
  | {
      readonly ok: true;
      /** Runs rsyslog with a configuration. */
      rsyslog(configuration: string, directory: string): SyslogProgram;
      /** Runs syslog-ng with a configuration. */
      syslogNg(configuration: string, directory: string): SyslogProgram;
    }
  | { readonly ok: false; readonly reason: string };

/** A program that runs. */
export interface SyslogProgram {
  /** What it has said. */
  output(): string;
  /** Ends it as its administrator would. */
  stop(): Promise<void>;
}

/** Finds both among Debian's packages, and not in the system, which can have only one of them. */
export async function findDebianSyslog(): Promise<DebianSyslog> {
  const unpacked = await unpackedPackages({ name: "debian-syslog", packages: PACKAGES, isComplete });
  return unpacked.ok ? programsBelow(unpacked.root) : unpacked;
}

function isComplete(root: string): boolean {
  return existsSync(join(root, RSYSLOG)) && existsSync(join(root, SYSLOG_NG));
}

function programsBelow(root: string): DebianSyslog {
  const libraries = ["usr/lib", "lib"].flatMap((path) =>
    readdirSync(join(root, path)).map((name) => join(root, path, name)),
  );
  const environment = { PATH: process.env.PATH, LD_LIBRARY_PATH: libraries.join(":") };
  const modules = libraries.map((path) => join(path, "rsyslog")).find((path) => existsSync(path)) ?? "";
  const plugins = libraries.find((path) => path.endsWith("/syslog-ng")) ?? "";
  const [version = ""] = readdirSync(plugins).filter((name) => /^\d/.test(name));
  const start = (program: string, args: readonly string[]): SyslogProgram =>
    programOf(spawn(join(root, program), args, { env: environment, stdio: ["ignore", "pipe", "pipe"] }));
  return {
    ok: true,
    rsyslog(configuration, directory) {
      const file = join(directory, "rsyslog.conf");
      writeFileSync(file, configuration);
      return start(RSYSLOG, ["-n", "-f", file, "-i", join(directory, "rsyslog.pid"), "-M", modules]);
    },
    syslogNg(configuration, directory) {
      const file = join(directory, "syslog-ng.conf");
      writeFileSync(file, configuration);
      const own = (name: string) => join(directory, `syslog-ng.${name}`);
      const places = ["-R", own("persist"), "-c", own("ctl"), "-p", own("pid")];
      return start(SYSLOG_NG, ["-F", "--no-caps", "-f", file, ...places, "--module-path", join(plugins, version)]);
    },
  };
}

function programOf(child: ChildProcess): SyslogProgram {
  const ended = new Promise<void>((resolve) => child.once("close", () => resolve()));
  let output = "";
  for (const stream of [child.stdout, child.stderr])
    stream?.on("data", (chunk: Buffer) => {
      output = (output + chunk.toString()).slice(-20_000);
    });
  return {
    output: () => output,
    async stop() {
      child.kill("SIGTERM");
      const timer = setTimeout(() => child.kill("SIGKILL"), 10_000);
      await ended;
      clearTimeout(timer);
    },
  };
}
