import { CairnError } from "@cairn/event";
import Type, { type Static } from "typebox";
import type { Config } from "../../config.ts";
import { DECLARATIVE, demandOneMapping } from "../declarative-reading.ts";

/** What the files of a folder hold. */
export const FOLDER_FORMATS = [
  ...(["cairn", "declarative", "auth0", "cloudtrail", "dicom", "entra", "microsoft365", "okta", "syslog"] as const),
];

const optional = Type.Optional;

/** Settings of a source that reads files. */
export const Folder = Type.Object(
  {
    path: optional(
      Type.String({
        ...{ minLength: 1, maxLength: 500, pattern: "^[^/\\\\\\u0000-\\u001f]+(/[^/\\\\\\u0000-\\u001f]+)*$" },
        description: "Folder below the tenant's own; that itself when absent.",
      }),
    ),
    pattern: optional(
      Type.String({
        ...{ minLength: 1, maxLength: 200, pattern: "^[^/]+$" },
        description: "Names of files, with `*` and `?`; all of them when absent.",
      }),
    ),
    format: Type.Enum([...FOLDER_FORMATS], {
      description:
        "What they hold. `cairn`: events as `POST /v1/events` takes them. `declarative`: by `preset` or `definition`.",
    }),
    ...DECLARATIVE,
    settle_seconds: optional(
      Type.Integer({
        ...{ minimum: 1, maximum: 3_600 },
        description: "How long a file stands still before it is read as a whole; 5 when absent.",
      }),
    ),
    interval_seconds: optional(
      Type.Integer({ minimum: 1, maximum: 3_600, description: "Time between two looks; 2 when absent." }),
    ),
    keep_original: optional(Type.Boolean({ description: "Keep each record as received, under `details.original`." })),
  },
  { additionalProperties: false },
);
export type FolderSettings = Static<typeof Folder>;

/** Checks what the schema cannot. @throws CairnError parameter_invalid */
export function checkFolder(settings: FolderSettings, { watchDir }: Pick<Config, "watchDir">): void {
  const { format, path = "", preset, definition } = settings;
  if (watchDir === undefined)
    throw invalid("settings", "this server watches no folders; its operator opens a directory with --watch-dir");
  if (path.split("/").some((step) => step === "." || step === ".."))
    throw invalid("settings/path", "it goes down only: no `.` and no `..`");
  if (format === "declarative") demandOneMapping(settings);
  else if (preset !== undefined || definition !== undefined)
    throw invalid("settings", "`preset` and `definition` belong to the format `declarative`");
}

function invalid(where: string, why: string): CairnError {
  return new CairnError("parameter_invalid", `${where}: ${why}`);
}
