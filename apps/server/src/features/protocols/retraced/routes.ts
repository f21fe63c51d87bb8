import { CairnError, LIMITS } from "@cairn/event";
import { decodeText, parseLossless, type ReadItem, readRetraced, retracedHash, retracedMapping } from "@cairn/sources";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import Type, { type Static } from "typebox";
import type { ServerContext } from "../../../context.ts";
import { deliver, type RecordFault } from "../deliver.ts";
import { destinationNamedByEvents } from "../destination.ts";
import { faultOf } from "../fault.ts";
import { member } from "../json-member.ts";
import { readBody } from "../read-body.ts";
import { admitBody, authenticateSender } from "../sender.ts";
import { retracedCredentials } from "./credentials.ts";
import { viewerTokenRoute } from "./viewer-token.ts";

/** The project of the path is Retraced's own name for it: here the key says whose project it is. */
const Params = Type.Object({ project: Type.String({ maxLength: 200 }) });
/** As Retraced has it. */
const MAX_BULK_EVENTS = 50;

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

  const report = async (request: FastifyRequest, items: readonly ReadItem[]): Promise<Reported[]> => {
    const principal = authenticateSender(context, request, {
      permission: "events:write",
      credentials: retracedCredentials,
    });
    const to = destinationNamedByEvents(context, request, principal);
    const delivered = await deliver(context, { mapping: retracedMapping, items, to });
    return delivered.map((each, i) => {
      if (each.kind === "refused") throw refusal(each.fault);
      const item = items[i]!;
      if (each.kind === "skipped" || item.kind === "refused")
        throw new Error("BUG: an event that is none was reported");
      const id = each.result.id ?? "";
      return { id, hash: retracedHash(item.record, id) };
    });
  };

  app.post<{ Params: Static<typeof Params> }>(
    "/publisher/v1/project/:project/event",
    { ...writing, schema: { ...meta, summary: "Record an event (Retraced)" } },
    async (request, reply) => {
      const items = readRetraced(decodeText(readBody(request)));
      if (items.length !== 1) throw new CairnError("parameter_invalid", "one event, please: several go to event/bulk");
      const [reported] = await report(request, items);
      return reply.code(201).send(reported);
    },
  );

  app.post<{ Params: Static<typeof Params> }>(
    "/publisher/v1/project/:project/event/bulk",
    { ...writing, schema: { ...meta, summary: "Record up to 50 events (Retraced)" } },
    async (request, reply) => {
      const text = decodeText(readBody(request));
      if (!Array.isArray(member(parseLossless(text), "events")))
        throw new CairnError("parameter_invalid", 'a bulk is {"events": […]}');
      const items = readRetraced(text);
      if (items.length > MAX_BULK_EVENTS)
        throw new CairnError("batch_too_many_events", `a bulk has at most ${MAX_BULK_EVENTS} events`);
      return reply.code(201).send(await report(request, items));
    },
  );

  viewerTokenRoute(app, context);
}

/** Said of the whole request: a client takes nothing else. What was recorded of it is not recorded twice when it tries again. */
function refusal({ code, message, pointer }: RecordFault): CairnError {
  const place = pointer === undefined ? {} : { pointer };
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
