import { type Json, setMember } from "@cairn/event";
import type { JsonObject } from "../core/json-values.ts";
import type { ReadItem } from "../core/read-json.ts";
import { SourceError, sourceErrorOf } from "../core/source-error.ts";
import { parseSyslog, type SyslogOptions } from "../syslog/parse-syslog.ts";
import { readDicomAudit } from "./read-dicom.ts";

/**
 * Reads audit messages in XML as they come over syslog (RFC 5424, IHE ITI-20), without a framer's lengths. The header stays
 * with the record, under `syslog`. One that is wrong is refused by itself.
 */
export function readSyslogDicom(messages: readonly Uint8Array[], options: SyslogOptions): ReadItem[] {
  return messages.map((bytes): ReadItem => {
    const text = Buffer.from(bytes).toString();
    try {
      return itemOf(parseSyslog(bytes, options), text);
    } catch (error) {
      return { kind: "refused", error: sourceErrorOf(error), text };
    }
  });
}

function itemOf({ message, ...header }: JsonObject, text: string): ReadItem {
  if (typeof message !== "string") throw new SourceError("shape_invalid", "the message holds no audit message in XML");
  const [item] = readDicomAudit(message.replace(/^\ufeff/, "").trim());
  if (item?.kind !== "record")
    return { kind: "refused", error: item?.error ?? new SourceError("xml_invalid", "there is no XML"), text };
  const record: Record<string, Json> = { ...item.record };
  setMember(record, "syslog", header as JsonObject);
  return { kind: "record", record: record as JsonObject, text };
}
