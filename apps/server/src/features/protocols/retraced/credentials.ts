import type { Credentials } from "../sender.ts";

/** `Token token=<key>`, and `token=<key>` as its JavaScript client writes it when it reports. */
export const retracedCredentials: Credentials = (authorization) =>
  /^(?:Token )?token=([\x21-\x7e]+)$/i.exec(authorization)?.[1];
