import { type Cairn, type CairnOptions, createCairn } from "@cairn/sdk";
import type { OptionSpecs, OptionValues } from "./option.ts";
import { UsageError } from "./usage-error.ts";

/** Options of every command that talks to a server. */
export const CONNECTION_OPTIONS = {
  url: { kind: "text", placeholder: "URL", description: "where the server is, as in http://127.0.0.1:7117" },
  key: {
    kind: "text",
    placeholder: "KEY",
    description: "API key; better in the environment, where `ps` does not show it",
  },
  tenant: { kind: "text", placeholder: "T", description: "tenant, when the key belongs to a project" },
} as const satisfies OptionSpecs;

/** The option of every command that prints data. */
export const JSON_OPTION = {
  json: { kind: "flag", description: "print JSON for programs", env: "CAIRN_JSON" },
} as const satisfies OptionSpecs;

/** A person waits: a server that is down is to be said soon. */
const GIVE_UP_AFTER_MS = 3_000;

/** Makes the client that the options describe. Throws `UsageError` when URL or key are missing. */
export function connect(values: OptionValues<typeof CONNECTION_OPTIONS>, options: Partial<CairnOptions> = {}): Cairn {
  if (values.url === undefined)
    throw new UsageError("--url is missing (or CAIRN_URL in the environment): where is the server?");
  if (values.key === undefined) throw new UsageError("--key is missing (or CAIRN_KEY in the environment)");
  return createCairn({
    url: values.url,
    key: values.key,
    ...(values.tenant === undefined ? {} : { tenant: values.tenant }),
    readRetry: { giveUpAfterMs: GIVE_UP_AFTER_MS },
    ...options,
  });
}
