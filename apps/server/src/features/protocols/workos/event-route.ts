import { CairnError, LIMITS } from "@cairn/event";
import { decodeText, type ReadItem, readJsonRecords, workosMapping } from "@cairn/sources";
import type { FastifyInstance } from "fastify";
import type { ServerContext } from "../../../context.ts";
import { deliver } from "../deliver.ts";
import { destinationNamedByEvents } from "../destination.ts";
import { readBody } from "../read-body.ts";
import { admitBody, authenticateSender, BEARER_ONLY } from "../sender.ts";
import { refusal } from "./answer-fault.ts";

/** `POST /audit_logs/events`: one event for one organization. */
export function eventRoute(app: FastifyInstance, context: ServerContext): void {
  app.post(
    "/audit_logs/events",
    {
      bodyLimit: LIMITS.batchBytes,
      schema: { summary: "Record an event (WorkOS)", tags: ["protocols"] },
      onRequest: admitBody(context, BEARER_ONLY),
    },
    async (request, reply) => {
      const principal = authenticateSender(context, request, { permission: "events:write", credentials: BEARER_ONLY });
      const to = destinationNamedByEvents(context, request, principal);
      const item = itemOf(readBody(request), request.headers["idempotency-key"]);
      const [delivered] = await deliver(context, { mapping: workosMapping, items: [item], to });
      if (delivered?.kind === "refused") throw refusal(delivered.fault);
      return reply.code(201).send({ success: true });
    },
  );
}

/** The record of a request: its body, and the key by which a repetition is known. */
function itemOf(body: Uint8Array, idempotencyKey: string | string[] | undefined): ReadItem {
  const [item, ...more] = readJsonRecords(decodeText(body));
  if (item === undefined || more.length > 0) throw new CairnError("parameter_invalid", "the body is one JSON object");
  if (item.kind === "refused") throw item.error;
  if (typeof idempotencyKey !== "string" || idempotencyKey === "") return item;
  return { ...item, record: { ...item.record, idempotency_key: idempotencyKey } };
}
