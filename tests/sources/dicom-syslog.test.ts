import { readdirSync } from "node:fs";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type CertificateMaker, createCertificateMaker } from "./support/certificates.ts";
import { type SourceServer, startSourceServer } from "./support/server.ts";
import { logged, makeSource, rejects, sample, showSource, until } from "./support/sources.ts";
import { connectSyslog, counted, freePort } from "./support/syslog.ts";

const files = readdirSync(new URL("../../packages/sources/testdata/dicom-atna/", import.meta.url)).filter((name) =>
  name.endsWith(".xml"),
);

let certificates: CertificateMaker;
let server: SourceServer;

beforeAll(() => {
  certificates = createCertificateMaker();
});
afterAll(async () => {
  await server.remove();
  certificates.remove();
});

test("real audit messages over mutual TLS all go in, once", async () => {
  const authority = certificates.make("authority");
  const own = certificates.make("localhost", authority);
  const modality = certificates.make("modality", authority);
  const tls = { CAIRN_SYSLOG_TLS_CERT: own.certFile, CAIRN_SYSLOG_TLS_KEY: own.keyFile };
  const port = await freePort();
  server = await startSourceServer({ ...tls, CAIRN_SYSLOG_PORTS: String(port) });
  const key = await server.createKey("hospital");
  const { id } = await makeSource(server, key, {
    ...{ kind: "syslog", name: "ATNA" },
    settings: {
      port,
      transport: "tls",
      format: "dicom",
      client_certificates: [modality.fingerprint],
      keep_original: true,
    },
  });
  const messages = files.map((name, i) => {
    const time = `2026-01-05T10:00:00.${String(100 + i)}Z`;
    return `<85>1 ${time} ris-${i} archive 7 IHE+RFC-3881 - \ufeff${sample(`dicom-atna/${name}`)}`;
  });
  const { cert, key: privateKey } = modality;
  const send = async (all: readonly string[]): Promise<void> => {
    const connect = () => connectSyslog(port, { ca: authority.cert, cert, key: privateKey });
    const sender = await until(
      () => connect().catch(() => undefined),
      (found) => found !== undefined,
    );
    await sender?.write(all.map(counted).join(""));
    await sender?.end();
  };
  await send(messages);
  await send([...messages, "<85>1 2026-01-05T10:00:00.500Z ris archive 7 - - <Other/>"]);
  const shown = await until(
    () => showSource(server, key, id),
    ({ counts }) => counts.received === 2 * files.length + 1,
  );
  expect(files).toHaveLength(21);
  expect(shown.counts).toMatchObject({ created: 21, duplicate: 21, rejected: 1 });
  const events = await logged(server, key);
  expect(events.every(({ source }) => source === "dicom")).toBe(true);
  const byHost = new Map(
    events.map(
      (event) => [(event.details as { readonly syslog: { readonly host: string } }).syslog.host, event] as const,
    ),
  );
  expect(byHost.get(`ris-${files.indexOf("start.xml")}`)?.action).toBe("application.started");
  expect(String(byHost.get("ris-0")?.details?.original)).toContain("<AuditMessage");
  const [refused] = await rejects(server, key, id);
  expect(refused?.error).toMatchObject({ code: "shape_invalid" });
});
