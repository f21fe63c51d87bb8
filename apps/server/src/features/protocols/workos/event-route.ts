import { LIMITS } from "@cairn/event";
import { WORKOS_SOURCE } from "@cairn/sources";
import type { FastifyInstance } from "fastify";
import type { ServerContext } from "../../../context.ts";
import { deliver } from "../deliver.ts";
import { destinationNamedByEvents } from "../destination.ts";
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
      const key = request.headers["idempotency-key"];
      const idempotencyKey = typeof key === "string" && key !== "" ? key : undefined;
      const { firstFault } = await deliver(context, request, {
        ...{ to, dialect: { kind: "workos", idempotencyKey }, defaultSource: WORKOS_SOURCE, wants: "numbers" },
      });
      if (firstFault !== undefined) throw refusal(firstFault);
      return reply.code(201).send({ success: true });
    },
  );
}
