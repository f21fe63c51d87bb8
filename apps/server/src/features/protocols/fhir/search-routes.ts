import { CairnError, type RecordedEvent } from "@cairn/event";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import Type, { type Static } from "typebox";
import type { ServerContext } from "../../../context.ts";
import { enter } from "../../../http/principal.ts";
import { readEvent } from "../../events/read-event.ts";
import { findEvents } from "../../search/find-events.ts";
import { recorded, recordView } from "../../search/record-reading.ts";
import { SearchCursors } from "../../search/signed-cursor.ts";
import { readBody } from "../read-body.ts";
import { authenticateSender, BEARER_ONLY } from "../sender.ts";
import { capabilityStatement } from "./capability-statement.ts";
import { FhirError, sendFhir } from "./outcome.ts";
import { placeOfId, resourceId, resourceOf } from "./resource.ts";
import { type FhirSearch, readSearch } from "./search-request.ts";

const Params = Type.Object({ id: Type.String({ maxLength: 64 }) });
const SearchQuery = Type.Object({}, { additionalProperties: true, description: "Search parameters of AuditEvent." });

/** What of AuditEvents comes out: `read`, `search-type`, `capabilities`. */
export function searchRoutes(app: FastifyInstance, context: ServerContext): void {
  const meta = { tags: ["protocols"] };
  const cursors = new SearchCursors(context.side.secrets.serverSecret);
  const base = () => `${context.url()}/fhir`;

  const search = async (request: FastifyRequest, reply: FastifyReply, parameters: URLSearchParams) => {
    const entered = enter(context, request, "events:read");
    const handling = /\bhandling=lenient\b/.test(String(request.headers.prefer ?? "")) ? "lenient" : "strict";
    const asked = readSearch(parameters, handling);
    const { q, order, count, cursor } = asked;
    const ask = {
      ...{ q, order, limit: Math.max(1, count), total: asked.wantsTotal || count === 0 },
      ...(cursor === undefined ? {} : { cursor }),
    };
    const found = await recorded(context, { ...entered, request }, { q }, () =>
      findEvents(context, { entered, ask, cursors }),
    );
    return sendFhir(reply, searchset(asked, found, base()));
  };

  app.get(
    "/fhir/AuditEvent",
    { schema: { ...meta, summary: "Search AuditEvents (FHIR R4)", querystring: SearchQuery } },
    (request, reply) => {
      demandJson(request);
      return search(request, reply, new URLSearchParams(request.url.split("?")[1] ?? ""));
    },
  );

  // Names of patients in an access log would be a leak of their own: parameters may come in the body.
  app.post(
    "/fhir/AuditEvent/_search",
    { schema: { ...meta, summary: "Search AuditEvents (FHIR R4)" } },
    (request, reply) => {
      demandJson(request);
      authenticateSender(context, request, { permission: "events:read", credentials: BEARER_ONLY });
      const inBody = new URLSearchParams(Buffer.from(readBody(request)).toString("utf8"));
      return search(request, reply, inBody);
    },
  );

  app.get<{ Params: Static<typeof Params> }>(
    "/fhir/AuditEvent/:id",
    { schema: { ...meta, summary: "Read an AuditEvent (FHIR R4)", params: Params } },
    async (request, reply) => {
      demandJson(request);
      const entered = enter(context, request, "events:read");
      const place = placeOfId(request.params.id);
      if (place === undefined) throw new CairnError("not_found", "the log has no such event");
      const event = await readEvent(context, entered, place);
      await recordView(context, { ...entered, request }, event);
      return sendFhir(reply.header("etag", 'W/"1"'), resourceOf(event));
    },
  );

  app.get("/fhir/metadata", { schema: { ...meta, summary: "What this server can (FHIR R4)" } }, (_request, reply) =>
    sendFhir(reply, capabilityStatement(base())),
  );
}

/** Whoever wants XML only is told, and not given something else. */
function demandJson({ headers }: FastifyRequest): void {
  const accept = headers.accept ?? "*/*";
  if (/xml/i.test(accept) && !/json|\*\/\*/i.test(accept))
    throw new FhirError(406, "resources are written in JSON here");
}

interface Found {
  readonly events: readonly RecordedEvent[];
  readonly next: string | null;
  readonly total: { readonly count: number; readonly exact: boolean } | null;
}

function searchset(asked: FhirSearch, { events, next, total }: Found, base: string): object {
  const address = `${base}/AuditEvent`;
  const at = (parameters: URLSearchParams) => (parameters.size === 0 ? address : `${address}?${parameters}`);
  const link = [{ relation: "self", url: at(asked.used) }];
  if (next !== null && asked.count > 0) {
    const following = new URLSearchParams(asked.used);
    following.set("_page", next);
    link.push({ relation: "next", url: at(following) });
  }
  const shown = asked.count === 0 ? [] : events.filter((event) => isAboutPatients(event, asked.patients));
  const entry = shown.map((event) => ({
    fullUrl: `${address}/${resourceId(event)}`,
    resource: resourceOf(event),
    search: { mode: "match" },
  }));
  return {
    resourceType: "Bundle",
    type: "searchset",
    // "More than 10,000" has no place here.
    ...(total?.exact === true ? { total: total.count } : {}),
    link,
    ...(entry.length === 0 ? {} : { entry }),
  };
}

/** Two conditions may be met by two targets, a patient and a document of the same number: that document is no patient. */
function isAboutPatients({ targets = [] }: RecordedEvent, patients: FhirSearch["patients"]): boolean {
  return patients.every((names) => {
    const named = targets.filter(({ id }) => id !== undefined && names.includes(id));
    return named.length === 0 || named.some(({ type }) => type === "patient");
  });
}
