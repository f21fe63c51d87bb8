import {
  auditTrailMapping,
  type BodyReader,
  cloudTrailMapping,
  createAuth0Mapping,
  entraMapping,
  GITHUB_HEADERS,
  gitHubWebhookMapping,
  microsoft365Mapping,
  oktaMapping,
  readAuditTrail,
  readAuth0,
  readCloudTrail,
  readEntra,
  readGitHubWebhook,
  readMicrosoft365,
  readOkta,
  type SourceMapping,
} from "@cairn/sources";
import Type, { type Static, type TObject } from "typebox";
import type { Config } from "../config.ts";
import { createAuth0Collector } from "./auth0/collector.ts";
import type { Collector, CollectorParts } from "./collector.ts";
import { DECLARATIVE, declarativeReading, demandOneMapping } from "./declarative-reading.ts";
import { createEntraCollector, ENTRA_LOGS } from "./entra/collector.ts";
import { EXPORTED_ROWS } from "./exported-rows.ts";
import { createFolderCollector } from "./folder/collector.ts";
import { fileReading } from "./folder/file-reading.ts";
import { checkFolder, Folder, type FolderSettings } from "./folder/settings.ts";
import { checkSyslog, SyslogListener, type SyslogSettings } from "./listener/settings.ts";
import { sampleReading } from "./listener/syslog-reading.ts";
import { CONTENT_TYPES, createMicrosoft365Collector } from "./microsoft365/collector.ts";
import { createOktaCollector } from "./okta/collector.ts";
import { createAuditTrailCollector, createMessageCollector } from "./ringcentral/collectors.ts";
import { gitHubSignature, type WebhookSignature } from "./webhook-signature.ts";

/** Headers of a request that its kind reads, in lower case. */
export type Headers = Readonly<Record<string, string>>;

/** How the bodies of a source become events. */
export interface Reading {
  readonly read: (body: string, headers?: Headers) => ReturnType<BodyReader>;
  readonly mapping: SourceMapping;
  readonly original: "keep" | "leave";
}

/** Settings of a source, as its kind's schema has checked them. */
export type Settings = Readonly<Record<string, unknown>>;

/** One way in which events arrive by themselves. */
export interface SourceKind {
  readonly title: string;
  /**
   * `webhook`: the other side calls. `poller`: it is asked. `listener`: it connects to a port of the source's own. `folder`:
   * it writes files.
   */
  readonly arrives: "webhook" | "poller" | "listener" | "folder";
  readonly settings: TObject;
  /** Secrets that the other side wants, by name. */
  readonly secrets: readonly string[];
  /** Settings that stay as they are: a checkpoint of one place means nothing at another. */
  readonly fixed: readonly string[];
  /** @throws SourceError definition_invalid, zone_unknown */
  readonly reading: (settings: Settings) => Reading;
  /** What the operator has opened decides about, too. @throws CairnError parameter_invalid */
  readonly check?: (settings: Settings, config: Config) => void;
  /** Of webhooks: headers that are read beside the body, in lower case. */
  readonly headers?: readonly string[];
  /** Of webhooks that the other side signs: then the signature is as good as the token. */
  readonly signature?: WebhookSignature;
  /** Of pollers and folders. */
  readonly collector?: (settings: Settings, parts: CollectorParts) => Collector;
}

const closed = { additionalProperties: false } as const;
const optional = Type.Optional;
const Original = Type.Boolean({ description: "Keep each record as received, under `details.original`." });
const Url = Type.String({ maxLength: 300, pattern: "^https?://[^/?#\\s@]+/?$", description: "Scheme and host." });
const Start = Type.String({
  ...{ maxLength: 40, pattern: "^\\d{4}-\\d\\d-\\d\\dT" },
  description: "RFC 3339: where to begin. Absent: with the oldest that the other side still has.",
});
const Interval = Type.Integer({ minimum: 5, maximum: 3_600, description: "Time between two looks." });
const Masking = Type.Boolean({
  description: "Take the name out of failed logins with a user name that does not exist: people type passwords there.",
});

const ClientId = Type.String({ minLength: 1, maxLength: 200 });

const Plain = Type.Object({ keep_original: optional(Original) }, closed);
const Auth0Stream = Type.Object(
  { keep_original: optional(Original), mask_unknown_user_names: optional(Masking) },
  closed,
);
const Auth0Poller = Type.Object(
  {
    url: Url,
    client_id: ClientId,
    audience: optional(Type.String({ minLength: 1, maxLength: 300, description: "`<url>/api/v2/` when absent." })),
    retention_days: Type.Integer({ minimum: 1, maximum: 30, description: "For how long the plan keeps logs." }),
    start_at: optional(Start),
    interval_seconds: optional(Interval),
    keep_original: optional(Original),
    mask_unknown_user_names: optional(Masking),
  },
  closed,
);
const OktaPoller = Type.Object(
  { url: Url, start_at: optional(Start), interval_seconds: optional(Interval), keep_original: optional(Original) },
  closed,
);
const DirectoryId = Type.String({
  ...{ maxLength: 100, pattern: "^[A-Za-z0-9][A-Za-z0-9.-]*$" },
  description: "Directory (tenant) id or domain.",
});
const EntraPoller = Type.Object(
  {
    tenant_id: DirectoryId,
    client_id: ClientId,
    logs: optional(Type.Array(Type.Enum([...ENTRA_LOGS]), { minItems: 1, maxItems: 2, uniqueItems: true })),
    retention_days: optional(Type.Integer({ minimum: 1, maximum: 30, description: "30 when absent." })),
    login_url: optional(Url),
    graph_url: optional(Url),
    start_at: optional(Start),
    interval_seconds: optional(Interval),
    keep_original: optional(Original),
  },
  closed,
);
const Microsoft365Poller = Type.Object(
  {
    tenant_id: DirectoryId,
    client_id: ClientId,
    content_types: optional(Type.Array(Type.Enum([...CONTENT_TYPES]), { minItems: 1, maxItems: 4, uniqueItems: true })),
    login_url: optional(Url),
    api_url: optional(Url),
    start_at: optional(Start),
    interval_seconds: optional(Interval),
    keep_original: optional(Original),
  },
  closed,
);
const RingCentralAudit = Type.Object(
  {
    url: Url,
    client_id: ClientId,
    start_at: optional(Start),
    interval_seconds: optional(Interval),
    keep_original: optional(Original),
  },
  closed,
);
const RingCentralMessages = Type.Object(
  {
    url: Url,
    client_id: ClientId,
    retention_days: optional(
      Type.Integer({ minimum: 1, maximum: 365, description: "After how many days the account deletes messages." }),
    ),
    interval_seconds: optional(Interval),
  },
  closed,
);
const Declarative = Type.Object({ ...DECLARATIVE, keep_original: optional(Original) }, closed);

/** Every kind of source there is. */
export const SOURCE_KINDS = {
  auth0_stream: {
    ...{ title: "Auth0: log stream", arrives: "webhook", settings: Auth0Stream, secrets: [], fixed: [] },
    reading: auth0Reading,
  },
  auth0_poller: {
    ...{ title: "Auth0: Management API", arrives: "poller", settings: Auth0Poller },
    ...{ secrets: ["client_secret"], fixed: ["url"], reading: auth0Reading },
    collector: (settings, parts) => createAuth0Collector(settings as Static<typeof Auth0Poller>, parts),
  },
  okta_hook: webhook("Okta: event hook", { read: readOkta, mapping: oktaMapping }),
  okta_poller: {
    ...{ title: "Okta: System Log API", arrives: "poller", settings: OktaPoller },
    ...{ secrets: ["api_token"], fixed: ["url"] },
    reading: (settings) => ({ read: readOkta, mapping: oktaMapping, original: originalOf(settings) }),
    collector: (settings, parts) => createOktaCollector(settings as Static<typeof OktaPoller>, parts),
  },
  cloudtrail: webhook("AWS CloudTrail", { read: readCloudTrail, mapping: cloudTrailMapping }),
  entra: webhook("Microsoft Entra ID", { read: readEntra, mapping: entraMapping }),
  entra_poller: {
    ...{ title: "Microsoft Entra ID: Graph", arrives: "poller", settings: EntraPoller },
    ...{ secrets: ["client_secret"], fixed: ["tenant_id", "login_url", "graph_url"] },
    reading: (settings) => ({ read: readEntra, mapping: entraMapping, original: originalOf(settings) }),
    collector: (settings, parts) => createEntraCollector(settings as Static<typeof EntraPoller>, parts),
  },
  microsoft365: webhook("Microsoft 365", { read: readMicrosoft365, mapping: microsoft365Mapping }),
  microsoft365_poller: {
    ...{ title: "Microsoft 365: Management Activity API", arrives: "poller", settings: Microsoft365Poller },
    ...{ secrets: ["client_secret"], fixed: ["tenant_id", "login_url", "api_url"] },
    reading: (settings) => ({
      ...{ read: readMicrosoft365, mapping: microsoft365Mapping, original: originalOf(settings) },
    }),
    collector: (settings, parts) => createMicrosoft365Collector(settings as Static<typeof Microsoft365Poller>, parts),
  },
  ringcentral_audit: {
    ...{ title: "RingCentral: audit trail", arrives: "poller", settings: RingCentralAudit },
    ...{ secrets: ["client_secret", "jwt"], fixed: ["url"], reading: ringCentralReading },
    collector: (settings, parts) => createAuditTrailCollector(settings as Static<typeof RingCentralAudit>, parts),
  },
  ringcentral_messages: {
    ...{ title: "RingCentral: message store", arrives: "poller", settings: RingCentralMessages },
    // Events come of what differs between two looks: no message is mapped by itself.
    ...{ secrets: ["client_secret", "jwt"], fixed: ["url"], reading: ringCentralReading },
    collector: (settings, parts) => createMessageCollector(settings as Static<typeof RingCentralMessages>, parts),
  },
  ...EXPORTED_ROWS,
  github_webhook: {
    ...{ title: "GitHub: webhook", arrives: "webhook", settings: Plain, secrets: ["webhook_secret"], fixed: [] },
    ...{ headers: GITHUB_HEADERS, signature: gitHubSignature },
    reading: (settings) => ({
      ...{ read: readGitHubWebhook, mapping: gitHubWebhookMapping, original: originalOf(settings) },
    }),
  },
  declarative: {
    ...{ title: "Anything else, by a mapping", arrives: "webhook", settings: Declarative, secrets: [], fixed: [] },
    reading: (settings) => ({ ...declarativeReading(settings), original: originalOf(settings) }),
    check: demandOneMapping,
  },
  syslog: {
    ...{ title: "Syslog, DICOM audit messages", arrives: "listener", settings: SyslogListener, secrets: [], fixed: [] },
    reading: (settings) => sampleReading(settings as SyslogSettings),
    check: (settings, config) => checkSyslog(settings as SyslogSettings, config),
  },
  folder: {
    ...{ title: "Files in a watched folder", arrives: "folder", settings: Folder, secrets: [], fixed: [] },
    reading(settings) {
      const { read, mapping } = fileReading(settings as FolderSettings);
      return { read: (body) => [...read(body, Date.now())], mapping, original: originalOf(settings) };
    },
    check: (settings, config) => checkFolder(settings as FolderSettings, config),
    collector: (settings, parts) => createFolderCollector(settings as FolderSettings, parts),
  },
} as const satisfies Readonly<Record<string, SourceKind>>;

export type SourceKindName = keyof typeof SOURCE_KINDS;

/** Kinds that are looked at again and again. */
export const POLLED_KINDS: readonly string[] = Object.entries(SOURCE_KINDS).flatMap(([name, { arrives }]) =>
  arrives === "poller" || arrives === "folder" ? [name] : [],
);

/** Finds a kind by a name from outside or from an older program. */
export function kindOf(name: string): SourceKind | undefined {
  return Object.hasOwn(SOURCE_KINDS, name) ? SOURCE_KINDS[name as SourceKindName] : undefined;
}

function webhook(title: string, parts: Pick<Reading, "read" | "mapping">) {
  return {
    ...({ title, arrives: "webhook", settings: Plain, secrets: [], fixed: [] } as const),
    reading: (settings: Settings): Reading => ({ ...parts, original: originalOf(settings) }),
  };
}

function originalOf({ keep_original: keeps }: Settings): Reading["original"] {
  return keeps === true ? "keep" : "leave";
}

function auth0Reading(settings: Settings): Reading {
  const unknownUserNames = settings.mask_unknown_user_names === true ? "mask" : "keep";
  return { read: readAuth0, mapping: createAuth0Mapping({ unknownUserNames }), original: originalOf(settings) };
}

function ringCentralReading(settings: Settings): Reading {
  return { read: readAuditTrail, mapping: auditTrailMapping, original: originalOf(settings) };
}
