import {
  cloudTrailMapping,
  createAuth0Mapping,
  createDicomMapping,
  entraMapping,
  microsoft365Mapping,
  oktaMapping,
  type ReadItem,
  readAuth0,
  readCloudTrail,
  readDicomAudit,
  readEntra,
  readJsonRecords,
  readMicrosoft365,
  readOkta,
  readSyslog,
  type SourceMapping,
  syslogMapping,
} from "@cairn/sources";
import { declarativeReading } from "../declarative-reading.ts";
import { cairnMapping } from "./cairn-file.ts";
import type { FolderSettings } from "./settings.ts";

/** How the files of a folder become events. */
export interface FileReading {
  /**
   * What a file is made of. `json`: lines, or one document, which its first line tells. `csv`: rows below a header. `text`:
   * lines. `xml`: one document.
   */
  readonly shape: "json" | "csv" | "text" | "xml";
  /** Reads a document, or a line; of CSV with its header. */
  readonly read: (text: string, receivedMs: number) => readonly ReadItem[];
  readonly mapping: SourceMapping;
}

/** Makes the reading of a folder. @throws SourceError definition_invalid, zone_unknown */
export function fileReading(settings: FolderSettings): FileReading {
  const { format, zone } = settings;
  const zoned = zone === undefined ? {} : { zone };
  switch (format) {
    case "cairn":
      return { shape: "json", read: (text) => readJsonRecords(text, ["events"]), mapping: cairnMapping };
    case "auth0":
      return { shape: "json", read: readAuth0, mapping: createAuth0Mapping({ unknownUserNames: "keep" }) };
    case "cloudtrail":
      return { shape: "json", read: readCloudTrail, mapping: cloudTrailMapping };
    case "entra":
      return { shape: "json", read: readEntra, mapping: entraMapping };
    case "microsoft365":
      return { shape: "json", read: readMicrosoft365, mapping: microsoft365Mapping };
    case "okta":
      return { shape: "json", read: readOkta, mapping: oktaMapping };
    case "dicom":
      return { shape: "xml", read: readDicomAudit, mapping: createDicomMapping(zoned) };
    case "syslog":
      return {
        shape: "text",
        read: (text, receivedMs) => readMessages(text, { receivedMs, ...zoned }),
        mapping: syslogMapping,
      };
    case "declarative": {
      const { read, mapping, input } = declarativeReading(settings);
      const shape = input.format === "lines" ? "text" : input.format;
      return { shape, read: (text) => read(text, {}), mapping };
    }
  }
}

function readMessages(text: string, options: Parameters<typeof readSyslog>[1]): ReadItem[] {
  const lines = text.split("\n").filter((line) => line.trim() !== "");
  return readSyslog(
    lines.map((line) => Buffer.from(line)),
    options,
  );
}
