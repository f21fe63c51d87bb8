import { CairnError, LIMITS } from "@cairn/event";
import { RETRACED_SOURCE } from "@cairn/sources";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import Type, { type Static } from "typebox";
import type { ServerContext } from "../../../context.ts";
import { resultsOf } from "../../../ingest/deliver.ts";
import type { RecordFault } from "../../../ingest/delivery.ts";
import { deliver } from "../deliver.ts";
import { destinationNamedByEvents } from "../destination.ts";
import { faultOf } from "../fault.ts";
import { admitBody, authenticateSender } from "../sender.ts";
import { retracedCredentials } from "./credentials.ts";
import { viewerTokenRoute } from "./viewer-token.ts";

/** The project of the path is Retraced's own name for it: here the key says whose project it is. */
const Params = Type.Object({ project: Type.String({ maxLength: 200 }) });
/** What a client is told of one event: it computes the hash itself and compares. */
interface Reported {
  readonly id: string;
  readonly hash: string;
}

/** Retraced's publisher API: host and key changed, nothing else. `docs/sources/retraced.md` has the mapping. */
export function retracedRoutes(app: FastifyInstance, context: ServerContext): void {
  const meta = { tags: ["protocols"], params: Params };
  const writing = { bodyLimit: LIMITS.batchBytes, onRequest: admitBody(context, retracedCredentials) };
  app.setErrorHandler(answerFault);

  const report = async (request: FastifyRequest, form: "event" | "bulk"): Promise<Reported[]> => {
    const principal = authenticateSender(context, request, {
      permission: "events:write",
      credentials: retracedCredentials,
    });
    const to = destinationNamedByEvents(context, request, principal);
    const { firstFault, results } = await deliver(context, request, {
      ...{ to, dialect: { kind: "retraced", form }, defaultSource: RETRACED_SOURCE, wants: "results" },
    });
    if (firstFault !== undefined) throw refusal(firstFault);
    return resultsOf<Reported>(results).map(({ id = "", hash = "" }) => ({ id, hash }));
  };

  app.post<{ Params: Static<typeof Params> }>(
    "/publisher/v1/project/:project/event",
    { ...writing, schema: { ...meta, summary: "Record an event (Retraced)" } },
    async (request, reply) => {
      const [reported] = await report(request, "event");
      return reply.code(201).send(reported);
    },
  );

  app.post<{ Params: Static<typeof Params> }>(
    "/publisher/v1/project/:project/event/bulk",
    { ...writing, schema: { ...meta, summary: "Record up to 50 events (Retraced)" } },
    async (request, reply) => reply.code(201).send(await report(request, "bulk")),
  );

  viewerTokenRoute(app, context);
}

/** Said of the whole request: a client takes nothing else. What was recorded of it is not recorded twice when it tries again. */
function refusal({ code, message, place }: RecordFault): CairnError {
  // Whose a customer is, and whether there is one, nobody else is told.
  if (code === "not_found" || code === "tenant_unexpected")
    return new CairnError("not_found", "there is no such group");
  if (code === "conflict") return new CairnError("conflict", message, place);
  return new CairnError("parameter_invalid", message, place);
}

function answerFault(error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const { status, message } = faultOf(error, request, reply);
  return reply.code(status).send({ status, error: message });
}
