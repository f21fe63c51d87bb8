import { LIMITS } from "@cairn/event";
import { decodeText, hecAnswerOf, parseLossless, SourceError, SPLUNK_HEC_SOURCE } from "@cairn/sources";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import type { Principal } from "../../../access/principal.ts";
import type { ServerContext } from "../../../context.ts";
import type { Dialect, RecordFault } from "../../../ingest/delivery.ts";
import { deliver } from "../deliver.ts";
import { destinationOf } from "../destination.ts";
import { faultOf } from "../fault.ts";
import { member } from "../json-member.ts";
import { readBody } from "../read-body.ts";
import { admitBody, authenticateSender } from "../sender.ts";
import { Acknowledgements } from "./acknowledgements.ts";
import { COLLECTOR_ANSWERS, type CollectorAnswer, collectorAnswerOf } from "./answers.ts";
import { credentialFault, splunkCredentials } from "./authorization.ts";
import { aboutOf, type RawQuery, RawQuerySchema } from "./raw.ts";

const BASE = "/services/collector";
/** Senders write some of these addresses: all mean the same. */
const EVENT_PATHS = [BASE, `${BASE}/event`, `${BASE}/event/1.0`];
const RAW_PATHS = [`${BASE}/raw`, `${BASE}/raw/1.0`];
const HEALTH_PATHS = [`${BASE}/health`, `${BASE}/health/1.0`];
const CHANNEL = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
/** Ids asked for at a time: Splunk's own senders ask for hundreds. */
const MAX_ASKED = 10_000;

/** Splunk's HTTP event collector, with acknowledgement. `docs/sources/splunk-hec.md` has the mapping and the answers. */
export function splunkHecRoutes(app: FastifyInstance, context: ServerContext): void {
  const acknowledgements = new Acknowledgements(context.side.secrets.serverSecret);
  const meta = { tags: ["protocols"] };
  const writing = { bodyLimit: LIMITS.batchBytes, onRequest: admitBody(context, splunkCredentials) };
  app.setErrorHandler(answerFault);

  const record = async (request: FastifyRequest, reply: FastifyReply, dialect: Dialect) => {
    const principal = authenticate(context, request);
    const channel = channelOf(request);
    if (channel === "invalid") return send(reply, COLLECTOR_ANSWERS.channelInvalid);
    const to = destinationOf(context, request, principal);
    const { counts, firstFault } = await deliver(context, request, {
      ...{ to, dialect, defaultSource: SPLUNK_HEC_SOURCE, wants: "numbers" },
    });
    if (counts.received === 0) return send(reply, COLLECTOR_ANSWERS.noData);
    if (firstFault !== undefined)
      return send(reply, answerOf(firstFault), { "invalid-event-number": firstFault.index });
    const ackId = channel === undefined ? {} : { ackId: acknowledgements.give(principal.id, channel) };
    return send(reply, COLLECTOR_ANSWERS.success, ackId);
  };

  for (const path of EVENT_PATHS)
    app.post(path, { ...writing, schema: { ...meta, summary: "Record events (Splunk HEC)" } }, (request, reply) =>
      record(request, reply, { kind: "splunk_hec" }),
    );
  for (const path of RAW_PATHS)
    app.post<{ Querystring: RawQuery }>(
      path,
      { ...writing, schema: { ...meta, summary: "Record lines (Splunk HEC)", querystring: RawQuerySchema } },
      (request, reply) => record(request, reply, { kind: "splunk_hec_raw", about: aboutOf(request.query) }),
    );
  // Docker's log driver looks like this whether anybody is there.
  for (const path of [...EVENT_PATHS, ...RAW_PATHS])
    app.options(path, { schema: { hide: true } }, (_request, reply) => reply.header("allow", "POST, OPTIONS").send(""));

  app.post(
    `${BASE}/ack`,
    { ...writing, schema: { ...meta, summary: "Ask which deliveries are durable (Splunk HEC)" } },
    async (request, reply) => {
      const principal = authenticate(context, request);
      const channel = channelOf(request);
      if (channel === undefined) return send(reply, COLLECTOR_ANSWERS.channelMissing);
      if (channel === "invalid") return send(reply, COLLECTOR_ANSWERS.channelInvalid);
      const ids = askedIds(readBody(request));
      if (ids === undefined) return send(reply, COLLECTOR_ANSWERS.invalidFormat);
      const acks = ids.map((id) => [String(id), acknowledgements.isAcknowledged(principal.id, channel, id)] as const);
      return reply.send({ acks: Object.fromEntries(acks) });
    },
  );

  for (const path of HEALTH_PATHS)
    app.get(path, { schema: { ...meta, summary: "Whether events are accepted (Splunk HEC)" } }, (_request, reply) =>
      send(reply, context.stopped() === undefined ? COLLECTOR_ANSWERS.healthy : COLLECTOR_ANSWERS.unhealthy),
    );
}

function authenticate(context: ServerContext, request: FastifyRequest): Principal {
  return authenticateSender(context, request, { permission: "events:write", credentials: splunkCredentials });
}

/** A record that is no event has a number of its own; one that the log refuses has a wrong format. */
function answerOf({ code, message }: RecordFault): CollectorAnswer {
  return code === "shape_invalid" ? hecAnswerOf(new SourceError(code, message)) : COLLECTOR_ANSWERS.invalidFormat;
}

function channelOf({ headers, query }: FastifyRequest): string | undefined | "invalid" {
  const channel = headers["x-splunk-request-channel"] ?? (query as { readonly channel?: unknown }).channel;
  if (channel === undefined) return undefined;
  return typeof channel === "string" && CHANNEL.test(channel) ? channel : "invalid";
}

/** Reads `{"acks": [0, 1]}`; undefined when it is anything else. */
function askedIds(body: Uint8Array): readonly number[] | undefined {
  const acks = member(parseLossless(decodeText(body)), "acks");
  if (!Array.isArray(acks) || acks.length > MAX_ASKED) return undefined;
  const ids = acks.filter((id): id is number => Number.isSafeInteger(id));
  return ids.length === acks.length ? ids : undefined;
}

function send(reply: FastifyReply, { status, code, text }: CollectorAnswer, more: object = {}): FastifyReply {
  return reply.code(status).send({ text, code, ...more });
}

function answerFault(error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const fault = faultOf(error, request, reply);
  const answer = fault.code === "unauthenticated" ? credentialFault(request) : collectorAnswerOf(fault);
  if (answer.status !== 401) reply.removeHeader("www-authenticate");
  return send(reply, answer);
}
