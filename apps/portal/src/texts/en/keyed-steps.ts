import type { Step } from "./source-steps.ts";

/** A way in for which an API key is all that is needed. */
export interface KeyedWay {
  /** What its page is called in addresses; no kind of source has this name. */
  readonly name: string;
  readonly title: string;
  /** Path of this server. */
  readonly where: string;
  /** `source` of the events that come by it. */
  readonly source: string;
  /** What to do at the other side, in order. `origin`: scheme, host and port of this server. */
  readonly steps: (origin: string) => readonly Step[];
}

/** What stands for the key in what is pasted. */
const KEY = "$CAIRN_KEY";

const text = (value: string) => ({ what: "text", value }) as const;
const command = (value: string) => ({ what: "command", value }) as const;
const address = (value: string) => ({ what: "address", value }) as const;

/** The ways in for which an API key is all that is needed. */
export const KEYED_WAYS: readonly KeyedWay[] = [
  {
    ...{ name: "otlp", title: "OpenTelemetry logs", where: "POST /v1/logs", source: "otlp" },
    steps: (origin) => [
      {
        text: "Set these for the program whose log records are to come here:",
        copy: text(
          `OTEL_EXPORTER_OTLP_LOGS_ENDPOINT=${origin}/v1/logs\nOTEL_EXPORTER_OTLP_LOGS_HEADERS="Authorization=Bearer ${KEY}"\nOTEL_EXPORTER_OTLP_LOGS_PROTOCOL=http/protobuf`,
        ),
      },
      { text: "`http/json` will do as well, with or without `gzip`." },
    ],
  },
  {
    ...{ name: "splunk_hec", title: "Splunk HTTP event collector", where: "POST /services/collector/event" },
    source: "splunk_hec",
    steps: (origin) => [
      { text: "Where the sender wants the collector's address:", copy: address(`${origin}/services/collector`) },
      { text: "Its token is the API key." },
      {
        text: "From a shell, for example:",
        copy: command(
          `curl -H "Authorization: Splunk ${KEY}" -d '{"event":{"action":"door.opened","user":"jane"}}' ${origin}/services/collector/event`,
        ),
      },
    ],
  },
  {
    ...{ name: "cloudevents", title: "CloudEvents", where: "POST /v1/cloudevents", source: "cloudevents" },
    steps: (origin) => [
      {
        text: "The sink that events are sent to, structured, binary or in batches:",
        copy: address(`${origin}/v1/cloudevents`),
      },
      { text: "With the header:", copy: text(`Authorization: Bearer ${KEY}`) },
      {
        text: "From a shell, for example:",
        copy: command(
          `curl -H "Authorization: Bearer ${KEY}" -H "Content-Type: application/cloudevents+json" -d '{"specversion":"1.0","id":"1","source":"/portal","type":"record.viewed","subject":"record/7"}' ${origin}/v1/cloudevents`,
        ),
      },
    ],
  },
  {
    ...{ name: "fhir", title: "FHIR R4 AuditEvent", where: "POST /fhir/AuditEvent", source: "fhir" },
    steps: (origin) => [
      { text: "The base address of the audit repository:", copy: address(`${origin}/fhir`) },
      { text: "With the header:", copy: text(`Authorization: Bearer ${KEY}`) },
      {
        text: "From a shell, for example:",
        copy: command(
          `curl -H "Authorization: Bearer ${KEY}" -H "Content-Type: application/fhir+json" --data-binary @audit-event.json ${origin}/fhir/AuditEvent`,
        ),
      },
    ],
  },
  {
    ...{ name: "workos", title: "WorkOS Audit Logs", where: "/audit_logs/…", source: "workos" },
    steps: (origin) => {
      const { hostname, port, protocol } = new URL(origin);
      const more = `${port === "" ? "" : `, port: ${port}`}${protocol === "https:" ? "" : ", https: false"}`;
      return [
        {
          text: "Where the client is made, change its key and its host. The key is one of the project: events name the organization.",
          copy: text(`const workos = new WorkOS(process.env.CAIRN_KEY, { apiHostname: "${hostname}"${more} });`),
        },
      ];
    },
  },
  {
    ...{ name: "retraced", title: "Retraced", where: "/publisher/v1/…", source: "retraced" },
    steps: (origin) => [
      {
        text: "Where the client is made, change its key and its endpoint. The key is one of the project: events name the group.",
        copy: text(
          `const retraced = new Retraced.Client({ apiKey: process.env.CAIRN_KEY, projectId: "any", endpoint: "${origin}" });`,
        ),
      },
    ],
  },
];
