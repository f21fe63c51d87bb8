import type { ReadItem } from "../core/read-json.ts";
import { sourceErrorOf } from "../core/source-error.ts";
import { parseSyslog, type SyslogOptions } from "./parse-syslog.ts";

/** Reads messages as a framer or a datagram gave them. One that is wrong is refused by itself. */
export function readSyslog(messages: readonly Uint8Array[], options: SyslogOptions): ReadItem[] {
  return messages.map((bytes): ReadItem => {
    const text = Buffer.from(bytes).toString();
    try {
      return { kind: "record", record: parseSyslog(bytes, options), text };
    } catch (error) {
      return { kind: "refused", error: sourceErrorOf(error), text };
    }
  });
}
