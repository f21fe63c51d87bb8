import { readFileSync, statSync } from "node:fs";
import { createSecureContext } from "node:tls";
import type { FastifyBaseLogger } from "fastify";

/** Files of a certificate: the chain and its private key, in PEM. */
export interface TlsFiles {
  readonly cert: string;
  readonly key: string;
}

/** What the files hold. */
export interface TlsPair {
  readonly cert: Buffer;
  readonly key: Buffer;
}

/** How often the files are looked at: a renewed certificate is in use long before the old one ends. */
const LOOK_MS = 5_000;

/** Reads a certificate and its key. @throws Error when a file cannot be read */
export function readTlsFiles({ cert, key }: TlsFiles): TlsPair {
  return { cert: readFileSync(cert), key: readFileSync(key) };
}

/**
 * Hands over the certificate whenever its files were replaced by ones that belong together (ACME clients, RFC 8555, renew
 * them every few weeks). Until then, and when they do not, the one in use stays. Connections that are open keep theirs.
 */
export function followTlsFiles(
  files: TlsFiles,
  { renew, log }: { readonly renew: (pair: TlsPair) => void; readonly log: FastifyBaseLogger },
): { readonly stop: () => void } {
  let inUse = versionOf(files);
  let complainedAbout: string | undefined;
  const timer = setInterval(() => {
    const version = versionOf(files);
    if (version === inUse) return;
    try {
      const pair = readTlsFiles(files);
      // A key that is not the certificate's is refused here: the two files are replaced one after the other.
      createSecureContext(pair);
      renew(pair);
      inUse = version;
      log.info({ certificate: files.cert }, "the renewed certificate is in use");
    } catch (error) {
      if (complainedAbout !== version)
        log.warn({ err: error, certificate: files.cert }, "the new certificate cannot be used; the old one stays");
      complainedAbout = version;
    }
  }, LOOK_MS).unref();
  return { stop: () => clearInterval(timer) };
}

function versionOf({ cert, key }: TlsFiles): string {
  const states = [cert, key].map((path) => statSync(path, { throwIfNoEntry: false }));
  return states.map((state) => `${state?.ino} ${state?.size} ${state?.mtimeMs}`).join(" ");
}
