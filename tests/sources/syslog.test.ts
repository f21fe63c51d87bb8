import { createServer } from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { call, errorOf } from "../api/support/call.ts";
import { type Certificate, type CertificateMaker, createCertificateMaker } from "./support/certificates.ts";
import { type SourceServer, startSourceServer } from "./support/server.ts";
import {
  type LoggedEvent,
  logged,
  makeSource,
  rejects,
  type ShownSource,
  showSource,
  until,
} from "./support/sources.ts";
import { connectSyslog, counted, freePort, numbered } from "./support/syslog.ts";

let certificates: CertificateMaker;
let authority: Certificate;
let server: SourceServer;

beforeAll(async () => {
  certificates = createCertificateMaker();
  authority = certificates.make("authority");
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

/** The number of a message that `numbered` made. */
function numberOf(details: LoggedEvent["details"]): unknown {
  return (details as { readonly json: { readonly number: unknown } }).json.number;
}

let tenants = 0;

/** A tenant of its own with a source that listens. */
async function listening(settings: object = {}): Promise<{ key: string; source: ShownSource; port: number }> {
  const key = await server.createKey(`syslog-${++tenants}`);
  const port = await freePort();
  const body = { kind: "syslog", name: "relay", settings: { port, transport: "tcp", ...settings } };
  const source = await makeSource(server, key, body);
  await until(
    () => isOpen(port),
    (open) => open,
  );
  return { key, source, port };
}

async function isOpen(port: number): Promise<boolean> {
  try {
    const sender = await connectSyslog(port);
    sender.socket.destroy();
    return true;
  } catch {
    return false;
  }
}

const counts = (key: string, id: string, wanted: Readonly<Record<string, number>>) =>
  until(
    async () => (await showSource(server, key, id)).counts,
    (found) => Object.entries(wanted).every(([name, count]) => found[name] === count),
  );

describe("over TCP", () => {
  test("messages with their length and messages that end with a line are recorded", async () => {
    const { key, source, port } = await listening();
    expect(source).toMatchObject({ arrives: "listener", url: `tcp://localhost:${port}` });
    const sender = await connectSyslog(port);
    await sender.write(counted(numbered(1)) + counted(numbered(2)));
    await sender.write("<34>Oct 11 22:14:15 mymachine su: 'su root' failed on /dev/pts/8\n");
    await sender.write(
      "<13>1 2026-03-04T05:06:07.089Z h p - - - CEF:0|V|P|1|100|worm stopped|10|src=10.0.0.1 act=blocked\n",
    );
    await sender.end();
    await counts(key, source.id, { received: 4, created: 4 });
    const events = await logged(server, key);
    expect(events.map(({ action }) => action)).toEqual([
      ...["line.written", "line.written", "syslog.su", "p.worm_stopped"],
    ]);
    expect(events[3]?.outcome.result).toBe("denied");
    for (const { id } of events) expect(id).not.toMatch(/sha256/);
  });

  test("a frame sent again on another connection is the same event; coarse times are taken for others", async () => {
    const { key, source, port } = await listening();
    const coarse = "<13>Oct 11 22:14:15 host app: the same words\n";
    for (let i = 0; i < 2; i++) {
      const sender = await connectSyslog(port);
      await sender.write(`${counted(numbered(1))}${counted(numbered(1))}${coarse}${coarse}`);
      await sender.end();
    }
    await counts(key, source.id, { received: 8, created: 6, duplicate: 2, conflict: 0 });
  });

  test("bytes that are no frame end their connection; what came before is recorded, they are kept", async () => {
    const { key, source, port } = await listening();
    const broken = await connectSyslog(port);
    await broken.write(`${counted(numbered(1))}1048577 <1>and so on`);
    await broken.closed;
    const sender = await connectSyslog(port);
    await sender.write(`no priority\n${counted(numbered(2))}`);
    await sender.end();
    await counts(key, source.id, { received: 4, created: 2, rejected: 2 });
    const kept = await rejects(server, key, source.id, 2);
    expect(kept.map(({ error }) => error.code)).toEqual(["syslog_invalid", "too_large"]);
    expect(kept.map(({ payload }) => payload)).toEqual(["no priority", "1048577 <1>and so on"]);
    const { warnings } = await showSource(server, key, source.id);
    expect(warnings).toEqual([expect.stringMatching(/^1 connections were closed/)]);
  });

  test("twenty thousand messages as fast as they can be written arrive once each, in their order", async () => {
    const { key, source, port } = await listening();
    const sender = await connectSyslog(port);
    for (let n = 0; n < 20_000; n += 100)
      await sender.write(Array.from({ length: 100 }, (_, i) => counted(numbered(n + i))).join(""));
    await sender.end();
    await counts(key, source.id, { created: 20_000 });
    const numbers = (await logged(server, key)).map(({ details }) => numberOf(details));
    expect(numbers).toEqual(Array.from({ length: 20_000 }, (_, n) => n));
  });
});

describe("a port", () => {
  test("is one source's, whoever else asks for it; switched off, it is free", async () => {
    const { key, source, port } = await listening();
    const other = await server.createKey(`syslog-${++tenants}`);
    const body = { kind: "syslog", name: "second", settings: { port, transport: "tcp" } };
    for (const each of [key, other]) {
      const refused = await call(server, { path: "/v1/sources", key: each, body });
      expect(errorOf(refused)).toMatchObject({ status: 409, error: { code: "state_conflict" } });
    }
    const off = { method: "PATCH", path: `/v1/sources/${source.id}`, key, body: { enabled: false } };
    expect((await call(server, off)).status).toBe(200);
    await makeSource(server, other, body);
    const on = await call(server, { ...off, body: { enabled: true } });
    expect(errorOf(on)).toMatchObject({ status: 409, error: { code: "state_conflict" } });
    await until(
      () => isOpen(port),
      (open) => open,
    );
  });

  test("that another program has is a problem, until it is free", async () => {
    const key = await server.createKey(`syslog-${++tenants}`);
    const port = await freePort();
    const squatter = createServer().listen(port, "127.0.0.1");
    const body = { kind: "syslog", name: "late", settings: { port, transport: "tcp" } };
    const { id } = await makeSource(server, key, body);
    const { problem } = await until(
      () => showSource(server, key, id),
      (shown) => shown.problem !== null,
    );
    expect(problem?.message).toBe(`port ${port} is used by another program`);
    squatter.close();
    await until(
      () => showSource(server, key, id),
      (shown) => shown.problem === null,
    );
    expect(await isOpen(port)).toBe(true);
  });

  test.each([
    ["outside of what the operator opened", { port: 80 }],
    ["certificates without TLS", { client_certificates: [`sha-256:${"AB:".repeat(31)}AB`] }],
    ["a fingerprint that is none", { transport: "tls", client_certificates: ["sha-1:AB"] }],
    [
      "a CA that is none",
      { transport: "tls", client_ca: "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----" },
    ],
    ["an address that the server does not listen on", { address: "192.0.2.1" }],
    ["a zone that is none", { zone: "Mars/Olympus" }],
  ])("%s is refused", async (_what, settings) => {
    const key = await server.createKey("refused");
    const body = { kind: "syslog", name: "x", settings: { port: 6_514, transport: "tcp", ...settings } };
    expect((await call(server, { path: "/v1/sources", key, body })).status).toBe(400);
  });

  test("is closed with its source", async () => {
    const { key, source, port } = await listening();
    const sender = await connectSyslog(port);
    await sender.write(counted(numbered(1)));
    expect((await call(server, { method: "DELETE", path: `/v1/sources/${source.id}`, key })).status).toBe(204);
    await sender.closed;
    expect(await isOpen(port)).toBe(false);
    await until(
      () => logged(server, key),
      (events) => events.length === 1,
    );
  });
});

test("of too many connections the last is closed, and those that are there go on", async () => {
  const { key, source, port } = await listening();
  const senders = await Promise.all(Array.from({ length: 250 }, () => connectSyslog(port)));
  const last = await connectSyslog(port);
  await last.closed;
  for (const [n, sender] of senders.entries()) await sender.write(counted(numbered(n)));
  await counts(key, source.id, { created: 250 });
  const { warnings } = await showSource(server, key, source.id);
  expect(warnings).toEqual([expect.stringMatching(/^1 connections were refused, because there were too many/)]);
  await Promise.all(senders.map((sender) => sender.end()));
});

test("a tenant that is suspended is listened to no more", async () => {
  const { key, source, port } = await listening();
  const sender = await connectSyslog(port);
  await sender.write(counted(numbered(1)));
  await counts(key, source.id, { created: 1 });
  const operator = await server.createKey("operator", "operator");
  const headers = { "cairn-project": "default" };
  const ask = { method: "POST", key: operator, headers };
  const suspended = await call(server, { ...ask, path: `/v1/tenants/syslog-${tenants}/suspend` });
  expect(suspended.status).toBeLessThan(300);
  await sender.closed;
  expect(await isOpen(port)).toBe(false);
  expect((await call(server, { ...ask, path: `/v1/tenants/syslog-${tenants}/resume` })).status).toBeLessThan(300);
  await until(
    () => isOpen(port),
    (open) => open,
  );
});

test("the kinds tell what the operator has opened", async () => {
  const key = await server.createKey("kinds");
  const { kinds } = (await call(server, { path: "/v1/sources/kinds", key })).json<{
    kinds: { kind: string; arrives: string; available: boolean; ports?: object }[];
  }>();
  const known = new Map(kinds.map(({ kind, ...rest }) => [kind, rest]));
  expect(known.get("syslog")).toMatchObject({
    ...{ arrives: "listener", available: true, ports: { first: 1_024, last: 65_535 } },
  });
  expect(known.get("folder")).toMatchObject({ arrives: "folder", available: false });
  const body = { kind: "folder", name: "x", settings: { format: "cairn" } };
  const refused = errorOf(await call(server, { path: "/v1/sources", key, body }));
  expect(refused).toMatchObject({ status: 400, error: { message: expect.stringContaining("--watch-dir") } });
});

describe("over TLS", () => {
  test("anybody may send whom no certificate is asked of", async () => {
    const { key, source, port } = await listening({ transport: "tls" });
    const sender = await connectSyslog(port, { ca: authority.cert });
    await sender.write(counted(numbered(1)));
    await sender.end();
    await counts(key, source.id, { created: 1 });
  });

  test("only who has a listed certificate, or one of the CA, gets a word in", async () => {
    const listed = certificates.make("listed");
    const signed = certificates.make("signed", authority);
    const by = {
      fingerprint: await listening({ transport: "tls", client_certificates: [listed.fingerprint.toLowerCase()] }),
      authority: await listening({ transport: "tls", client_ca: authority.cert }),
      both: await listening({
        ...{
          transport: "tls",
          client_ca: authority.cert,
          client_certificates: [signed.fingerprint, listed.fingerprint],
        },
      }),
    };
    const stranger = certificates.make("stranger");
    for (const [i, client] of [listed, signed, stranger, undefined].entries())
      for (const { port } of Object.values(by)) {
        const own = client === undefined ? {} : { cert: client.cert, key: client.key };
        const sender = await connectSyslog(port, { ca: authority.cert, ...own });
        await sender.write(counted(numbered(i)));
        await sender.end();
      }
    await delay(300);
    const arrived = Object.entries(by).map(async ([name, { key }]) => {
      const events = await logged(server, key);
      return [name, events.map(({ details }) => numberOf(details))];
    });
    expect(await Promise.all(arrived)).toEqual([
      ["fingerprint", [0]],
      ["authority", [1]],
      ["both", [1]],
    ]);
    const { warnings } = await showSource(server, by.fingerprint.key, by.fingerprint.source.id);
    expect(warnings).toContainEqual(expect.stringMatching(/^3 connections had no certificate that lets them in since/));
  });

  test("rubbish in place of a handshake is counted and does no harm", async () => {
    const { key, source, port } = await listening({ transport: "tls" });
    for (let i = 0; i < 50; i++) {
      const sender = await connectSyslog(port);
      await sender.write(counted(numbered(1)));
      await sender.closed;
    }
    const sender = await connectSyslog(port, { ca: authority.cert });
    await sender.write(counted(numbered(1)));
    await sender.end();
    const shown = await until(
      () => showSource(server, key, source.id),
      (found) => found.counts.created === 1,
    );
    expect(shown.warnings).toEqual([expect.stringMatching(/^5\d TLS handshakes failed since/)]);
  });
});

test("a sample is tried and nothing recorded", async () => {
  const { key, source } = await listening();
  const body = { sample: `${numbered(1)}\n<13>Oct 11 22:14:15 host app: words\nno priority\n` };
  const tried = await call(server, { path: `/v1/sources/${source.id}/test`, key, body });
  expect(tried.json()).toMatchObject({ ok: false, count: 2, refused: [{ error: { code: "syslog_invalid" } }] });
  expect((await call(server, { path: `/v1/sources/${source.id}/collect`, key, body: {} })).status).toBe(409);
  expect((await showSource(server, key, source.id)).counts.received).toBe(0);
});

test("a server that is stopped records what was written until its senders could notice", async () => {
  const { key, source, port } = await listening();
  const sender = await connectSyslog(port);
  let isOver = false;
  sender.socket.once("end", () => {
    isOver = true;
  });
  const stopped = delay(300).then(() => server.restart("SIGTERM"));
  let written = 0;
  while (!isOver) {
    await sender.write(counted(numbered(written++)));
    await delay(1);
  }
  sender.socket.end();
  await stopped;
  const shown = await showSource(server, key, source.id);
  expect(shown.counts).toMatchObject({ created: written, received: written });
  expect(await logged(server, key)).toHaveLength(written);
});
