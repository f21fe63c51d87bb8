import type { Json } from "@cairn/event";
import type { Dialect } from "../../apps/server/src/ingest/delivery.ts";
import { flat, type Generated, jsonOf, type MeasuredWay } from "./generated.ts";
import { otlpRequest } from "./otlp-protobuf.ts";

/** A protocol of others that is measured, at an address of its own. */
export interface MeasuredProtocol extends MeasuredWay {
  readonly path: string;
  /** How the server reads it. */
  readonly dialect: Dialect;
}

const otlpValue = (value: Json): object => {
  if (typeof value === "string") return { stringValue: value };
  if (typeof value === "boolean") return { boolValue: value };
  if (typeof value === "number") return Number.isInteger(value) ? { intValue: String(value) } : { doubleValue: value };
  if (Array.isArray(value)) return { arrayValue: { values: value.map((item: Json) => otlpValue(item)) } };
  return { kvlistValue: { values: otlpPairs(value as Readonly<Record<string, Json>>) } };
};

function otlpPairs(object: Readonly<Record<string, Json>>): object[] {
  return Object.entries(object).map(([key, value]) => ({ key, value: otlpValue(value) }));
}

/** Every exporter says which service it is of. */
const OTLP_RESOURCE = { "service.name": "portal", "telemetry.sdk.language": "nodejs" };

function otlpRecord({ id, action, occurred_at: time, ...rest }: Generated): object {
  return {
    timeUnixNano: `${Date.parse(time)}000000`,
    eventName: action,
    attributes: otlpPairs({ "log.record.uid": id }),
    body: otlpValue(flat(rest) as Json),
  };
}

function cloudEvent({ id, action, occurred_at: time, ...data }: Generated): object {
  return {
    specversion: "1.0",
    id,
    source: "/bench",
    type: action,
    time,
    datacontenttype: "application/json",
    data: flat(data),
  };
}

function auditEvent({ id, action, occurred_at: recorded, actor, targets = [], context }: Generated): object {
  const network = context?.ip === undefined ? {} : { network: { address: context.ip, type: "2" } };
  return {
    resourceType: "AuditEvent",
    id,
    type: { system: "http://terminology.hl7.org/CodeSystem/audit-event-type", code: "rest" },
    subtype: [{ system: "http://hl7.org/fhir/restful-interaction", code: "read", display: action }],
    action: "R",
    recorded,
    outcome: "0",
    agent: [{ who: { identifier: { value: actor.id }, display: actor.name }, requestor: true, ...network }],
    source: { observer: { display: "bench" } },
    entity: targets.map((target) => ({ what: { identifier: { value: target.id }, display: target.name } })),
  };
}

function workosBody({ id, action, occurred_at: time, actor, targets, context = {} }: Generated): object {
  const { ip: location, user_agent: userAgent } = context;
  const event = {
    action,
    occurred_at: time,
    actor,
    targets,
    context: { location, user_agent: userAgent },
    metadata: { id },
  };
  return { organization_id: "default", event };
}

function retracedEvent({ action, occurred_at: created, actor, targets, context, id }: Generated): object {
  const group = { id: "default" };
  return { action, group, created, actor, target: targets?.[0], source_ip: context?.ip, external_id: id };
}

/** A line as a log shipper sends it. */
function rawLine({ occurred_at: time, ...event }: Generated): string {
  return JSON.stringify({ time, ...flat(event) });
}

/** Events of one request where a protocol has no number of its own. */
const MANY = 500;

/** The ways in, each beside `POST /v1/events` with as many events a request. */
export const MEASURED_PROTOCOLS: readonly MeasuredProtocol[] = [
  {
    ...{ name: "otlp", path: "/v1/logs", batch: MANY, dialect: { kind: "otlp", encoding: "json" } },
    bodyOf: jsonOf((list) => ({
      resourceLogs: [
        { resource: { attributes: otlpPairs(OTLP_RESOURCE) }, scopeLogs: [{ logRecords: list.map(otlpRecord) }] },
      ],
    })),
  },
  {
    ...{ name: "otlp protobuf", path: "/v1/logs", batch: MANY, dialect: { kind: "otlp", encoding: "protobuf" } },
    contentType: "application/x-protobuf",
    bodyOf: (list) =>
      otlpRequest(
        OTLP_RESOURCE,
        list.map(({ id, action, occurred_at: time, ...rest }) => ({
          ...{ timeMs: Date.parse(time), eventName: action, attributes: { "log.record.uid": id } },
          body: flat(rest) as Json,
        })),
      ),
  },
  {
    ...{ name: "splunk-hec", path: "/services/collector/event", batch: MANY, dialect: { kind: "splunk_hec" } },
    bodyOf: (list) =>
      list
        .map(({ occurred_at: time, ...event }) =>
          JSON.stringify({ time: Date.parse(time) / 1_000, event: flat(event) }),
        )
        .join(""),
  },
  {
    ...{ name: "splunk-hec raw", path: "/services/collector/raw", batch: MANY },
    ...{ contentType: "text/plain", dialect: { kind: "splunk_hec_raw", about: {} } },
    bodyOf: (list) => list.map(rawLine).join("\n"),
  },
  {
    ...{ name: "cloudevents", path: "/v1/cloudevents", batch: MANY },
    contentType: "application/cloudevents-batch+json",
    dialect: { kind: "cloudevents", headers: { "content-type": "application/cloudevents-batch+json" } },
    bodyOf: jsonOf((list) => list.map(cloudEvent)),
  },
  {
    ...{ name: "fhir", path: "/fhir", batch: MANY, contentType: "application/fhir+json" },
    dialect: { kind: "fhir", resource: "Bundle" },
    bodyOf: jsonOf((list) => ({
      ...{ resourceType: "Bundle", type: "batch" },
      entry: list.map((event) => ({ resource: auditEvent(event) })),
    })),
  },
  {
    ...{ name: "fhir AuditEvent", path: "/fhir/AuditEvent", batch: 1, contentType: "application/fhir+json" },
    dialect: { kind: "fhir", resource: "AuditEvent" },
    bodyOf: jsonOf(([event]) => auditEvent(event!)),
  },
  {
    ...{ name: "workos", path: "/audit_logs/events", batch: 1 },
    dialect: { kind: "workos", idempotencyKey: undefined },
    // It has no id of its own: what is in it has to tell it apart.
    bodyOf: jsonOf(([event]) => workosBody(event!)),
  },
  {
    ...{ name: "retraced bulk", path: "/publisher/v1/project/x/event/bulk", batch: 50 },
    dialect: { kind: "retraced", form: "bulk" },
    bodyOf: jsonOf((list) => ({ events: list.map(retracedEvent) })),
  },
  {
    ...{ name: "retraced event", path: "/publisher/v1/project/x/event", batch: 1 },
    dialect: { kind: "retraced", form: "event" },
    bodyOf: jsonOf(([event]) => retracedEvent(event!)),
  },
];
