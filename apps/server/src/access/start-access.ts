import type { ReaderSide, Tenant } from "@cairn/ledger";
import type { Logger } from "pino";
import type { Config } from "../config.ts";
import { FirstUseLinks } from "../http/first-use-links.ts";
import { KeyCache } from "../http/identify-key.ts";
import type { ViewerToken } from "../http/identify-viewer.ts";
import type { Threads } from "../threads/start-threads.ts";
import { type Mail, openMail } from "./mail.ts";
import { OwnLog } from "./own-log.ts";
import { Readings } from "./readings.ts";
import { RegistryCache } from "./registry-cache.ts";
import { type SealedToken, sealedToken } from "./sealed-token.ts";
import { SessionService, type SessionTimes } from "./session-service.ts";
import { LockOut } from "./sign-in/lock-out.ts";
import { Oidc } from "./sign-in/oidc.ts";
import { Passkeys } from "./sign-in/passkeys.ts";

/** What a running server knows of who may do what. */
export interface AccessParts {
  /** Changes who may do what, and records it. */
  readonly own: OwnLog;
  readonly readings: Readings;
  readonly keys: KeyCache;
  readonly lately: RegistryCache;
  readonly sessions: SessionService;
  readonly links: FirstUseLinks;
  readonly viewerTokens: SealedToken<ViewerToken>;
  readonly mail: Mail;
  readonly locks: LockOut;
  readonly passkeys: Passkeys;
  readonly oidc: Oidc;
}

/** Makes the parts that decide who gets in and record who did. */
export function startAccess(made: {
  readonly config: Config;
  readonly side: ReaderSide;
  readonly threads: Threads;
  readonly log: Logger;
  readonly url: () => string;
}): AccessParts {
  const { config, side, threads, log, url } = made;
  const { access, registry } = side;
  const { serverSecret } = side.secrets;
  const own = new OwnLog({ side, writer: threads.writer, ingest: threads.ingest[0]!, log });
  const keys = new KeyCache(access);
  const lately = new RegistryCache(registry);
  own.onChange(() => {
    keys.forget();
    lately.forget();
  });
  const times = { idleMs: config.sessionIdleMinutes * 60_000, absoluteMs: config.sessionHours * 3_600_000 };
  return {
    own,
    keys,
    lately,
    readings: new Readings({ own, operatorName: config.operatorName, registry }),
    sessions: new SessionService({
      access,
      own,
      times,
      timesOf: (tenantNo) => timesOf(lately.tenant(tenantNo), times),
    }),
    links: new FirstUseLinks(serverSecret),
    viewerTokens: sealedToken<ViewerToken>(serverSecret, "viewer-tokens"),
    mail: openMail({ smtpUrl: config.smtpUrl, from: config.mailFrom }),
    locks: new LockOut(),
    passkeys: new Passkeys(serverSecret, url),
    oidc: new Oidc(serverSecret, { url, allowInsecure: config.allowInsecureIssuers }),
  };
}

/** How long sessions of a tenant last: as it says, within what the instance allows. */
function timesOf(tenant: Tenant | undefined, times: SessionTimes): SessionTimes {
  const { sessionIdleMinutes, sessionHours } = tenant?.settings ?? {};
  return {
    idleMs: Math.min(times.idleMs, (sessionIdleMinutes ?? Number.POSITIVE_INFINITY) * 60_000),
    absoluteMs: Math.min(times.absoluteMs, (sessionHours ?? Number.POSITIVE_INFINITY) * 3_600_000),
  };
}
