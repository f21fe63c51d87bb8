import { createHash, timingSafeEqual } from "node:crypto";
import type { IncomingHttpHeaders } from "node:http";
import { type ClickHouseException, exception } from "./clickhouse-exception.ts";

/** The only user of an embedded engine. */
export const ENGINE_USER = "default";

/**
 * Checks the credentials of a request: Basic authentication, or `X-ClickHouse-User` and `X-ClickHouse-Key`.
 *
 * @returns undefined when they are right, else the refusal (516). It never tells which half was wrong
 */
export function checkCredentials(headers: IncomingHttpHeaders, password: string): ClickHouseException | undefined {
  const sent = basicCredentials(headers.authorization) ?? keyCredentials(headers);
  if (sent === undefined) {
    return exception("AUTHENTICATION_FAILED", "Authentication failed: no user and password were sent", { status: 401 });
  }
  const wanted = `${ENGINE_USER}:${password}`;
  if (timingSafeEqual(digest(sent), digest(wanted))) return undefined;
  return exception("AUTHENTICATION_FAILED", "Authentication failed: password is incorrect, or there is no such user");
}

/** Equal lengths for the comparison in constant time. */
function digest(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}

function basicCredentials(header: string | undefined): string | undefined {
  const encoded = /^Basic ([A-Za-z0-9+/=]+)$/i.exec(header ?? "")?.[1];
  return encoded === undefined ? undefined : Buffer.from(encoded, "base64").toString("utf8");
}

function keyCredentials(headers: IncomingHttpHeaders): string | undefined {
  const user = headers["x-clickhouse-user"];
  const key = headers["x-clickhouse-key"];
  return typeof user === "string" && typeof key === "string" ? `${user}:${key}` : undefined;
}
