import { type ChildProcess, spawn } from "node:child_process";
import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { get } from "node:https";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TLSSocket } from "node:tls";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Certificate, type CertificateMaker, createCertificateMaker } from "../sources/support/certificates.ts";

const CAIRN = fileURLToPath(new URL("../../apps/server/bin/cairn.mjs", import.meta.url));
let maker: CertificateMaker;
let authority: Certificate;
let directory: string;
let server: ChildProcess;
let output = "";
let url: string;

beforeAll(async () => {
  maker = createCertificateMaker();
  authority = maker.make("authority");
  directory = mkdtempSync(join(tmpdir(), "cairn-tls-"));
  install(maker.make("first", authority));
  const files = ["--tls-cert", join(directory, "cert.pem"), "--tls-key", join(directory, "key.pem")];
  server = spawn(process.execPath, [CAIRN, "serve", "--data-dir", join(directory, "data"), "--port", "0", ...files], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  for (const stream of [server.stdout, server.stderr])
    stream?.on("data", (chunk: Buffer) => (output += chunk.toString()));
});

afterAll(async () => {
  const ended = new Promise((resolve) => server.once("exit", resolve));
  server.kill();
  await ended;
  rmSync(directory, { recursive: true, force: true });
  maker.remove();
});

/** Puts a certificate where the server looks for its own, as what renews it does. */
function install({ certFile, keyFile }: Certificate): void {
  copyFileSync(keyFile, join(directory, "key.pem"));
  copyFileSync(certFile, join(directory, "cert.pem"));
}

/** Asks over a connection of its own, and tells whose certificate was shown. */
function askHealth(): Promise<{ status: number | undefined; name: string }> {
  return new Promise((resolve, reject) => {
    const request = get(`${url}/healthz`, { ca: authority.cert, agent: false }, (response) => {
      const { CN } = (response.socket as TLSSocket).getPeerCertificate().subject;
      response.resume().on("end", () => resolve({ status: response.statusCode, name: String(CN) }));
    });
    request.on("error", reject);
  });
}

test("a renewed certificate is in use without a restart, and one that cannot be is not", async () => {
  await expect.poll(() => output).toMatch(/https:\/\/localhost:\d+/);
  url = /https:\/\/localhost:\d+/.exec(output)?.[0] ?? "";
  await expect.poll(askHealth).toEqual({ status: 200, name: "first" });
  install(maker.make("second", authority));
  await expect.poll(askHealth).toEqual({ status: 200, name: "second" });
  writeFileSync(join(directory, "cert.pem"), authority.cert);
  await expect.poll(() => output).toMatch(/the new certificate cannot be used/);
  expect(await askHealth()).toEqual({ status: 200, name: "second" });
  install(maker.make("third", authority));
  await expect.poll(askHealth).toEqual({ status: 200, name: "third" });
});
