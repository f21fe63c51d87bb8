import type { Call } from "./call.ts";

/** What the routes of protocols can name. */
interface Named {
  readonly ledger: number;
  readonly sequence: number;
  readonly exportId: string;
  readonly action: string;
  readonly tenant: string;
}

const CHANNEL = "channel=fe0ecfad-13d5-401b-847d-77833bd77131";
const HEC = "/services/collector";
const RETRACED = "/publisher/v1/project/x";
const AUDIT_EVENT = { resourceType: "AuditEvent", recorded: "2026-03-04T05:06:07.089Z" };

const tenant = (access: string, call: (things: Named) => Call) => ({ access, owner: "tenant", call }) as const;
const project = (access: string, call: (things: Named) => Call) => ({ access, owner: "project", call }) as const;
const writes = (path: string, body: unknown) => tenant("events:write", () => ({ path, body }));
const open = (path: string) => ({ access: "public", owner: "nobody", call: () => ({ path }) }) as const;
/** Splunk tells a token that nobody has from none at all. */
const hec = (path: string) => ({ ...writes(HEC + path, { event: "x" }), unknownKey: 403 }) as const;

const ACCOUNT = "/restapi/v1.0/account/~";
const FORM = { "content-type": "application/x-www-form-urlencoded" };

/** Routes of protocols that other programs speak, for the walk over all routes. */
export const PROTOCOL_ROUTES = {
  "POST /v1/logs": writes("/v1/logs", { resourceLogs: [] }),
  "POST /services/collector": hec(""),
  "POST /services/collector/event": hec("/event"),
  "POST /services/collector/event/1.0": hec("/event/1.0"),
  "POST /services/collector/raw": hec("/raw"),
  "POST /services/collector/raw/1.0": hec("/raw/1.0"),
  "POST /services/collector/ack": { ...writes(`${HEC}/ack?${CHANNEL}`, { acks: [0] }), unknownKey: 403 },
  "GET /services/collector/health": open(`${HEC}/health`),
  "GET /services/collector/health/1.0": open(`${HEC}/health/1.0`),
  "POST /v1/cloudevents": writes("/v1/cloudevents", { specversion: "1.0", id: "1", source: "s", type: "a.b" }),
  "POST /fhir/AuditEvent": writes("/fhir/AuditEvent", AUDIT_EVENT),
  "POST /fhir": writes("/fhir", { resourceType: "Bundle", type: "batch", entry: [{ resource: AUDIT_EVENT }] }),
  "GET /fhir/AuditEvent": tenant("events:read", () => ({ path: "/fhir/AuditEvent" })),
  "POST /fhir/AuditEvent/_search": tenant("events:read", () => ({
    ...{ path: "/fhir/AuditEvent/_search", body: "action=R" },
    headers: { "content-type": "application/x-www-form-urlencoded" },
  })),
  "GET /fhir/AuditEvent/{id}": tenant("events:read", (t) => ({ path: `/fhir/AuditEvent/e${t.ledger}-${t.sequence}` })),
  "GET /fhir/metadata": open("/fhir/metadata"),
  "POST /audit_logs/events": tenant("events:write", (t) => ({
    path: "/audit_logs/events",
    body: { organization_id: t.tenant, event: { action: "a.b", occurred_at: "2026-03-04T05:06:07.089Z" } },
  })),
  "POST /audit_logs/actions/{action}/schemas": {
    ...project("catalog:write", () => ({
      path: "/audit_logs/actions/made.by-workos/schemas",
      body: { targets: [] },
    })),
    isShared: true,
  },
  "GET /audit_logs/actions/{action}/schemas": project("events:read", (t) => ({
    path: `/audit_logs/actions/${t.action}/schemas`,
  })),
  "POST /audit_logs/exports": tenant("exports", (t) => ({
    path: "/audit_logs/exports",
    body: { organization_id: t.tenant, range_start: "2026-01-01T00:00:00Z", range_end: "2027-01-01T00:00:00Z" },
  })),
  "GET /audit_logs/exports/{id}": tenant("exports", (t) => ({ path: `/audit_logs/exports/${t.exportId}` })),
  "GET /audit_logs/export_files/{token}": {
    access: "door",
    owner: "nobody",
    call: () => ({ path: "/audit_logs/export_files/x" }),
  },
  "POST /publisher/v1/project/{project}/event": tenant("events:write", (t) => ({
    path: `${RETRACED}/event`,
    body: { action: "a.b", group: { id: t.tenant } },
  })),
  "POST /publisher/v1/project/{project}/event/bulk": tenant("events:write", (t) => ({
    path: `${RETRACED}/event/bulk`,
    body: { events: [{ action: "a.b", group: { id: t.tenant } }] },
  })),
  "GET /publisher/v1/project/{project}/viewertoken": tenant("viewer-tokens", (t) => ({
    path: `${RETRACED}/viewertoken?group_id=${t.tenant}&actor_id=v`,
  })),
  "POST /restapi/oauth/token": {
    access: "door",
    owner: "nobody",
    call: () => ({ path: "/restapi/oauth/token", body: "grant_type=refresh_token&refresh_token=x", headers: FORM }),
  },
  "POST /restapi/oauth/revoke": {
    access: "public",
    owner: "nobody",
    call: () => ({ path: "/restapi/oauth/revoke", body: "token=x", headers: FORM }),
  },
  "GET /restapi/v1.0/account/{accountId}/extension/{extensionId}": tenant("events:read", () => ({
    path: `${ACCOUNT}/extension/~`,
  })),
  "POST /restapi/v1.0/account/{accountId}/audit-trail/search": tenant("events:read", () => ({
    path: `${ACCOUNT}/audit-trail/search`,
    body: {},
  })),
} as const;
