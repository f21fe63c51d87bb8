import { hash } from "node:crypto";
import type { TLSSocket } from "node:tls";
import type { SyslogSettings } from "./settings.ts";

/** Tells why the certificate of a sender does not let it in; undefined when it does, or when none is asked for. */
export function whyNotAdmitted(
  socket: TLSSocket,
  {
    client_certificates: fingerprints,
    client_ca: authority,
  }: Pick<SyslogSettings, "client_certificates" | "client_ca">,
): string | undefined {
  if (fingerprints === undefined && authority === undefined) return undefined;
  const { raw } = socket.getPeerCertificate() as { readonly raw?: Buffer };
  if (raw === undefined) return "a sender had no certificate";
  if (authority !== undefined && !socket.authorized) return `a sender's certificate: ${reasonOf(socket)}`;
  if (fingerprints === undefined) return undefined;
  const own = fingerprintOf(raw);
  const isKnown = fingerprints.some((each) => each.toUpperCase() === own.toUpperCase());
  return isKnown ? undefined : `a sender's certificate is not listed: ${own}`;
}

/** Why a chain was not accepted. Node gives an error, or its code, whatever the types say. */
function reasonOf({ authorizationError: error }: TLSSocket): string {
  const told = error as Error | string | null | undefined;
  return typeof told === "string" ? told : (told?.message ?? "not signed by the CA");
}

/** Writes the fingerprint of a certificate in DER as RFC 5425 §4.2.2 does. */
export function fingerprintOf(certificate: Uint8Array): string {
  const pairs = hash("sha256", certificate).toUpperCase().match(/../g) ?? [];
  return `sha-256:${pairs.join(":")}`;
}
