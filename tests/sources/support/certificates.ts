import { generateKeyPairSync, hash, type KeyObject, randomBytes, sign } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A certificate and its key, in PEM and as files that programs can be pointed at. */
export interface Certificate {
  readonly cert: string;
  readonly key: string;
  readonly certFile: string;
  readonly keyFile: string;
  /** As RFC 5425 §4.2.2 writes it. */
  readonly fingerprint: string;
  readonly name: string;
  readonly privateKey: KeyObject;
}

/** Makes certificates (RFC 5280, ECDSA on P-256) that are good for a day around now, in a directory of their own. */
export interface CertificateMaker {
  /** Signed by another, or by itself. */
  make(name: string, by?: Certificate): Certificate;
  remove(): void;
}

export function createCertificateMaker(): CertificateMaker {
  const directory = mkdtempSync(join(tmpdir(), "cairn-certificates-"));
  return {
    make(name, by) {
      const { publicKey, privateKey } = generateKeyPairSync("ec", { namedCurve: "prime256v1" });
      const der = certificate({ name, publicKey, issuer: by?.name ?? name, signer: by?.privateKey ?? privateKey });
      const cert = `-----BEGIN CERTIFICATE-----\n${der
        .toString("base64")
        .match(/.{1,64}/g)
        ?.join("\n")}\n-----END CERTIFICATE-----\n`;
      const key = privateKey.export({ type: "pkcs8", format: "pem" }).toString();
      const certFile = join(directory, `${name}.crt`);
      const keyFile = join(directory, `${name}.key`);
      writeFileSync(certFile, cert);
      writeFileSync(keyFile, key, { mode: 0o600 });
      const pairs = hash("sha256", der).toUpperCase().match(/../g) ?? [];
      return { cert, key, certFile, keyFile, fingerprint: `sha-256:${pairs.join(":")}`, name, privateKey };
    },
    remove: () => rmSync(directory, { recursive: true, force: true }),
  };
}

const HOUR_MS = 3_600_000;
const ECDSA_WITH_SHA256 = tlv(0x30, objectId("2a8648ce3d040302"));

interface Subject {
  readonly name: string;
  readonly issuer: string;
  readonly publicKey: KeyObject;
  readonly signer: KeyObject;
}

function certificate({ name, issuer, publicKey, signer }: Subject): Buffer {
  const serial = randomBytes(8);
  serial[0] = 0x01;
  const validity = tlv(0x30, time(Date.now() - HOUR_MS), time(Date.now() + 24 * HOUR_MS));
  const alternatives = tlv(0x30, tlv(0x82, Buffer.from("localhost")), tlv(0x87, Buffer.from([127, 0, 0, 1])));
  const extensions = tlv(
    0x30,
    tlv(0x30, objectId("551d11"), tlv(0x04, alternatives)),
    tlv(0x30, objectId("551d13"), tlv(0x01, Buffer.from([0xff])), tlv(0x04, tlv(0x30, tlv(0x01, Buffer.from([0xff]))))),
  );
  const content = tlv(
    0x30,
    tlv(0xa0, tlv(0x02, Buffer.from([2]))),
    ...[tlv(0x02, serial), ECDSA_WITH_SHA256, commonName(issuer), validity, commonName(name)],
    publicKey.export({ type: "spki", format: "der" }),
    tlv(0xa3, extensions),
  );
  const signature = sign("sha256", content, signer);
  return tlv(0x30, content, ECDSA_WITH_SHA256, tlv(0x03, Buffer.from([0]), signature));
}

function commonName(name: string): Buffer {
  return tlv(0x30, tlv(0x31, tlv(0x30, objectId("550403"), tlv(0x0c, Buffer.from(name)))));
}

function time(timeMs: number): Buffer {
  return tlv(0x17, Buffer.from(`${new Date(timeMs).toISOString().replaceAll(/[-:T]/g, "").slice(2, 14)}Z`));
}

function objectId(hex: string): Buffer {
  return tlv(0x06, Buffer.from(hex, "hex"));
}

/** Tag, length and value (X.690, DER). */
function tlv(tag: number, ...parts: readonly Buffer[]): Buffer {
  const value = Buffer.concat(parts);
  const { length } = value;
  if (length < 0x80) return Buffer.concat([Buffer.from([tag, length]), value]);
  const bytes = length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...bytes]), value]);
}
