import type { CairnEvent, Json } from "@cairn/event";

/** An event of the generator, as far as it is translated. */
interface Generated extends Omit<CairnEvent, "verb" | "category" | "outcome" | "source"> {
  readonly outcome?: CairnEvent["outcome"];
  readonly context?: { readonly ip?: string; readonly user_agent?: string; readonly session_id?: string };
}

/** How a protocol is measured: where its requests go, how many events each holds, and what they look like. */
export interface MeasuredProtocol {
  readonly name: string;
  readonly path: string;
  readonly batch: number;
  readonly bodyOf: (events: readonly object[]) => string;
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

/** What Cairn keeps under `details` stands beside the rest in the payloads of others. */
function flat({ details, ...rest }: Partial<Generated>): object {
  return { ...rest, ...(details as object | undefined) };
}

/** Every exporter says which service it is of. */
const OTLP_RESOURCE = { attributes: otlpPairs({ "service.name": "portal", "telemetry.sdk.language": "nodejs" }) };

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

function workosBody({ action, occurred_at: time, actor, targets, context = {} }: Generated): object {
  const { ip: location, user_agent: userAgent } = context;
  const event = { action, occurred_at: time, actor, targets, context: { location, user_agent: userAgent } };
  return { organization_id: "default", event };
}

function retracedEvent({ action, occurred_at: created, actor, targets, context, id }: Generated): object {
  const group = { id: "default" };
  return { action, group, created, actor, target: targets?.[0], source_ip: context?.ip, external_id: id };
}

const events = (body: (generated: readonly Generated[]) => object) => (list: readonly object[]) =>
  JSON.stringify(body(list as readonly Generated[]));

/** Events of one request where a protocol has no number of its own. */
const MANY = 500;

/** The ways in, each beside `POST /v1/events` with as many events a request. */
export const MEASURED_PROTOCOLS: readonly MeasuredProtocol[] = [
  {
    ...{ name: "otlp", path: "/v1/logs", batch: MANY },
    bodyOf: events((list) => ({
      resourceLogs: [{ resource: OTLP_RESOURCE, scopeLogs: [{ logRecords: list.map(otlpRecord) }] }],
    })),
  },
  {
    ...{ name: "splunk-hec", path: "/services/collector/event", batch: MANY },
    bodyOf: (list) =>
      (list as readonly Generated[])
        .map(({ occurred_at: time, ...event }) =>
          JSON.stringify({ time: Date.parse(time) / 1_000, event: flat(event) }),
        )
        .join(""),
  },
  { ...{ name: "cloudevents", path: "/v1/cloudevents", batch: MANY }, bodyOf: events((list) => list.map(cloudEvent)) },
  {
    ...{ name: "fhir", path: "/fhir", batch: MANY },
    bodyOf: events((list) => ({
      ...{ resourceType: "Bundle", type: "batch" },
      entry: list.map((event) => ({ resource: auditEvent(event) })),
    })),
  },
  { ...{ name: "workos", path: "/audit_logs/events", batch: 1 }, bodyOf: events(([event]) => workosBody(event!)) },
  {
    ...{ name: "retraced", path: "/publisher/v1/project/x/event/bulk", batch: 50 },
    bodyOf: events((list) => ({ events: list.map(retracedEvent) })),
  },
];

/** The same events as `POST /v1/events` takes them. */
export function eventsBody(list: readonly object[]): string {
  return JSON.stringify({ events: list });
}
