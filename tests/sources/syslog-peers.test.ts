import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { type Certificate, type CertificateMaker, createCertificateMaker } from "./support/certificates.ts";
import { findDebianSyslog, type SyslogProgram } from "./support/debian-syslog.ts";
import { type SourceServer, startSourceServer } from "./support/server.ts";
import { logged, makeSource, type ShownSource, showSource, until } from "./support/sources.ts";
import { connectSyslog, freePort } from "./support/syslog.ts";

const peers = await findDebianSyslog();
if (!peers.ok) console.warn(`SKIPPED: rsyslog and syslog-ng are not tested: ${peers.reason}`);

type Kind = "rsyslog" | "syslogNg";

function run(kind: Kind, configuration: string, directory: string): SyslogProgram {
  if (!peers.ok) throw new Error(peers.reason);
  return peers[kind](configuration, directory);
}

/** Time for a machine that does other things as well. */
const TIMEOUT_MS = 120_000;

describe.skipIf(!peers.ok)("rsyslog and syslog-ng", { timeout: TIMEOUT_MS }, () => {
  let certificates: CertificateMaker;
  let authority: Certificate;
  let client: Certificate;
  let server: SourceServer;
  let directory: string;
  let running: SyslogProgram[];
  let tenants = 0;

  beforeAll(async () => {
    certificates = createCertificateMaker();
    authority = certificates.make("authority");
    client = certificates.make("client", authority);
    const own = certificates.make("localhost", authority);
    server = await startSourceServer({
      CAIRN_SYSLOG_PORTS: "1024-65535",
      CAIRN_SYSLOG_TLS_CERT: own.certFile,
      CAIRN_SYSLOG_TLS_KEY: own.keyFile,
    });
  });
  afterAll(async () => {
    await server.remove();
    certificates.remove();
  });
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), "cairn-syslog-"));
    running = [];
  });
  afterEach(async () => {
    await Promise.all(running.map((each) => each.stop()));
    rmSync(directory, { recursive: true, force: true });
  });

  async function listening(settings: object): Promise<{ key: string; source: ShownSource; port: number }> {
    const key = await server.createKey(`peer-${++tenants}`);
    const port = await freePort();
    const source = await makeSource(server, key, { kind: "syslog", name: "relay", settings: { port, ...settings } });
    await until(
      () =>
        connectSyslog(port).then(
          ({ socket }) => socket.destroy().destroyed,
          () => false,
        ),
      (open) => open,
    );
    return { key, source, port };
  }

  const line = (n: number) => `number ${n} of many`;
  const written = (count: number, from = 0) => Array.from({ length: count }, (_, i) => `${line(from + i)}\n`).join("");
  const arrived = async (key: string) =>
    (await logged(server, key)).map((event) => Number(/number (\d+)/.exec(event.description ?? "")?.[1]));
  const upTo = (count: number) => Array.from({ length: count }, (_, n) => n);
  const created = (key: string, id: string, count: number) =>
    until(
      () => showSource(server, key, id),
      ({ counts }) => counts.created === count,
      TIMEOUT_MS,
    );

  const rsyslogReading = (action: string) => `
    global(workDirectory="${directory}" maxMessageSize="64k")
    module(load="imfile" mode="inotify")
    input(type="imfile" file="${directory}/in.log" tag="app" readTimeout="1" addMetadata="off")
    *.* action(type="omfwd" target="127.0.0.1" protocol="tcp" template="RSYSLOG_SyslogProtocol23Format"
      action.resumeRetryCount="-1" action.resumeInterval="1" ${action})
  `;

  test("rsyslog, messages counted: ten thousand lines are ten thousand events", async () => {
    const { key, source, port } = await listening({ transport: "tcp" });
    writeFileSync(join(directory, "in.log"), written(10_000));
    running.push(run("rsyslog", rsyslogReading(`port="${port}" tcp_framing="octet-counted"`), directory));
    await created(key, source.id, 10_000);
    expect((await arrived(key)).toSorted((a, b) => a - b)).toEqual(upTo(10_000));
  });

  test("rsyslog over mutual TLS", async () => {
    const { key, source, port } = await listening({ transport: "tls", client_certificates: [client.fingerprint] });
    writeFileSync(join(directory, "in.log"), written(1_000));
    const tls = `
      streamDriver="ossl" streamDriverMode="1" streamDriverAuthMode="x509/name" streamDriverPermittedPeers="localhost"
      streamDriver.caFile="${authority.certFile}" streamDriver.certFile="${client.certFile}" streamDriver.keyFile="${client.keyFile}"`;
    running.push(run("rsyslog", rsyslogReading(`port="${port}" tcp_framing="octet-counted" ${tls}`), directory));
    await created(key, source.id, 1_000);
    expect(await arrived(key)).toEqual(upTo(1_000));
  });

  const syslogNgReading = (destination: string) => `@version: 3.38
    options { frac-digits(6); keep-timestamp(yes); stats-freq(0); };
    source s_file { file("${directory}/in.log" program-override("app") flags(no-parse) follow-freq(0.1) read-old-records(yes)); };
    destination d_cairn { ${destination} };
    log { source(s_file); destination(d_cairn); flags(flow-control); };
  `;

  test("syslog-ng, RFC 5424 over TCP and over mutual TLS", async () => {
    for (const transport of ["tcp", "tls"]) {
      const { key, source, port } = await listening({
        ...{ transport },
        ...(transport === "tls" ? { client_ca: authority.cert } : {}),
      });
      writeFileSync(join(directory, "in.log"), written(10_000));
      const tls =
        transport === "tcp"
          ? ""
          : `tls(ca-file("${authority.certFile}") cert-file("${client.certFile}") key-file("${client.keyFile}"))`;
      const destination = `syslog("localhost" port(${port}) transport("${transport}") ${tls});`;
      const program = run("syslogNg", syslogNgReading(destination), directory);
      running.push(program);
      await created(key, source.id, 10_000).catch((error: unknown) => {
        throw new Error(`${String(error)}\n${program.output()}`);
      });
      expect(await arrived(key)).toEqual(upTo(10_000));
      await program.stop();
      running = [];
      for (const name of ["persist", "in.log"])
        rmSync(join(directory, name.includes(".") ? name : `syslog-ng.${name}`));
    }
  });

  test("syslog-ng, RFC 3164 ended by lines", async () => {
    const { key, source, port } = await listening({ transport: "tcp" });
    writeFileSync(join(directory, "in.log"), written(1_000));
    const program = run(
      "syslogNg",
      syslogNgReading(
        `network("127.0.0.1" port(${port}) transport("tcp") template("<$PRI>$DATE $HOST $MSGHDR$MSG\\n"));`,
      ),
      directory,
    );
    running.push(program);
    await created(key, source.id, 1_000);
    expect(await arrived(key)).toEqual(upTo(1_000));
  });

  test("of what rsyslog sends while the server is killed, only what had left it and was not yet recorded is lost", async () => {
    const { key, source, port } = await listening({ transport: "tcp" });
    const queue = `queue.type="linkedList" queue.filename="forward" queue.saveOnShutdown="on"`;
    writeFileSync(join(directory, "in.log"), written(4_000));
    running.push(run("rsyslog", rsyslogReading(`port="${port}" tcp_framing="octet-counted" ${queue}`), directory));
    await until(
      () => showSource(server, key, source.id),
      ({ counts }) => (counts.created ?? 0) > 0,
      TIMEOUT_MS,
    );
    appendFileSync(join(directory, "in.log"), written(4_000, 4_000));
    const recorded = await arrived(key);
    await server.restart("SIGKILL");
    appendFileSync(join(directory, "in.log"), written(2_000, 8_000));
    // Several threads of rsyslog send at a time: their order is not that of the lines.
    const numbers = await until(
      () => arrived(key),
      (found) => found.filter((n) => n >= 8_000).length === 2_000,
      TIMEOUT_MS,
    );
    expect(new Set(numbers).size).toBe(numbers.length);
    const lost = 10_000 - numbers.length;
    console.info(`${lost} of 8000 lines were on their way when the server was killed, and are lost`);
    expect(recorded.every((n) => numbers.includes(n))).toBe(true);
  });
});
