import { createDesktopMapping, createSessionReportMapping, readCsvRecords, readRows } from "@cairn/sources";
import Type, { type Static } from "typebox";
import type { SourceKind } from "./kinds.ts";

const closed = { additionalProperties: false } as const;
const Zone = Type.String({ minLength: 1, maxLength: 60, description: "IANA zone of the local times in it." });
const Original = Type.Optional(
  Type.Boolean({ description: "Keep each record as received, under `details.original`." }),
);

const SessionReport = Type.Object(
  {
    zone: Zone,
    account: Type.String({ minLength: 1, maxLength: 200, description: "The login of the account, which all share." }),
    keep_original: Original,
  },
  closed,
);
const Desktop = Type.Object(
  {
    zone: Zone,
    site: Type.String({ minLength: 1, maxLength: 200, description: "The site or workstation that the rows are of." }),
    keep_original: Original,
  },
  closed,
);

/** Tables that somebody exports and sends: their rows have no ids, and what is `fixed` is part of each one's identity. */
export const EXPORTED_ROWS = {
  ringcentral_sessions: {
    ...{ title: "RingCentral: session report", arrives: "webhook", settings: SessionReport },
    ...{ secrets: [], fixed: ["account"] },
    reading(given) {
      const settings = given as Static<typeof SessionReport>;
      const original = settings.keep_original === true ? "keep" : "leave";
      return { read: readCsvRecords, mapping: createSessionReportMapping(settings), original };
    },
  },
  desktop: {
    ...{ title: "Desktop application with a local database", arrives: "webhook", settings: Desktop },
    ...{ secrets: [], fixed: ["site"] },
    reading(given) {
      const { zone, site, keep_original: keeps } = given as Static<typeof Desktop>;
      return {
        read: readRows,
        mapping: createDesktopMapping({ zone, site }),
        original: keeps === true ? "keep" : "leave",
      };
    },
  },
} as const satisfies Readonly<Record<string, SourceKind>>;
