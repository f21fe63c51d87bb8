import { X509Certificate } from "node:crypto";
import { isIP } from "node:net";
import { CairnError } from "@cairn/event";
import Type, { type Static } from "typebox";
import type { Config } from "../../config.ts";
import { isInRange } from "./port-range.ts";

const optional = Type.Optional;

/** Settings of a source that listens for syslog. */
export const SyslogListener = Type.Object(
  {
    port: Type.Integer({ minimum: 1, maximum: 65_535, description: "Of those that the operator opened; its own." }),
    transport: Type.Enum(["tcp", "tls"], { description: "`tls` is RFC 5425." }),
    address: optional(
      Type.String({ maxLength: 45, description: "IP address to listen on; the one of the server when absent." }),
    ),
    client_certificates: optional(
      Type.Array(Type.String({ pattern: "^sha-256:([0-9A-Fa-f]{2}:){31}[0-9A-Fa-f]{2}$" }), {
        ...{ minItems: 1, maxItems: 500, uniqueItems: true },
        description:
          "Fingerprints of the senders' certificates (RFC 5425 §4.2.2): `sha-256:E1:2D:…`. No other gets in.",
      }),
    ),
    client_ca: optional(
      Type.String({ maxLength: 30_000, description: "PEM: who signed the senders' certificates. No other gets in." }),
    ),
    format: optional(
      Type.Enum(["auto", "dicom"], {
        description: "`auto`: RFC 5424, RFC 3164, JSON, CEF, LEEF by what it holds. `dicom`: audit messages in XML.",
      }),
    ),
    zone: optional(
      Type.String({ maxLength: 60, description: "IANA zone of times without an offset; UTC when absent." }),
    ),
    keep_original: optional(Type.Boolean({ description: "Keep each record as received, under `details.original`." })),
  },
  { additionalProperties: false },
);
export type SyslogSettings = Static<typeof SyslogListener>;

/**
 * Checks what the schema cannot: what the operator has opened, and that certificates are some.
 * @throws CairnError parameter_invalid
 */
export function checkSyslog(
  settings: SyslogSettings,
  config: Pick<Config, "syslogPorts" | "syslogHost" | "syslogTlsCert">,
): void {
  const { syslogPorts: ports, syslogHost, syslogTlsCert } = config;
  const { port, transport, address, client_ca: ca, client_certificates: certificates } = settings;
  if (ports === undefined)
    throw invalid("port", "this server takes no syslog; its operator opens ports with --syslog-ports");
  if (!isInRange(ports, port))
    throw invalid("port", `this server takes syslog at ports ${ports.first} to ${ports.last}`);
  if (transport === "tls" && syslogTlsCert === undefined)
    throw invalid("transport", "this server has no certificate; its operator names one with --syslog-tls-cert");
  if (transport === "tcp" && (ca !== undefined || certificates !== undefined))
    throw invalid("transport", "certificates need `tls`");
  if (address !== undefined) checkAddress(address, syslogHost);
  if (ca !== undefined) checkAuthority(ca);
}

/** A tenant cannot open more of the network than the operator has. */
function checkAddress(address: string, host: string): void {
  if (isIP(address) === 0) throw invalid("address", "it is no IP address");
  const isOpen = host === "0.0.0.0" || host === "::" || address === host || isLoopback(address);
  if (!isOpen) throw invalid("address", "this server does not take syslog at that address");
}

function isLoopback(address: string): boolean {
  return address === "::1" || (isIP(address) === 4 && address.startsWith("127."));
}

/** Certificates in a text. */
const CERTIFICATE = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g;

function checkAuthority(pem: string): void {
  const certificates = pem.match(CERTIFICATE) ?? [];
  if (certificates.length === 0) throw invalid("client_ca", "there is no certificate in PEM");
  try {
    for (const each of certificates) new X509Certificate(each);
  } catch {
    throw invalid("client_ca", "a certificate cannot be read");
  }
}

function invalid(setting: string, why: string): CairnError {
  return new CairnError("parameter_invalid", `settings/${setting}: ${why}`);
}
