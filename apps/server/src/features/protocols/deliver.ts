import { CairnError } from "@cairn/event";
import { SourceError, type SourceErrorCode } from "@cairn/sources";
import type { FastifyRequest } from "fastify";
import type { ServerContext } from "../../context.ts";
import { deliverBody } from "../../ingest/deliver.ts";
import type { Delivery, DeliveryAnswer, Dialect } from "../../ingest/delivery.ts";
import type { Destination } from "./destination.ts";
import { encodingOf, rawBody } from "./read-body.ts";

/** What one request brings. */
export interface Sent {
  readonly dialect: Dialect;
  readonly to: Destination;
  /** Source of events that name none: that of the mapping. */
  readonly defaultSource: string;
  /** Whether what became of each record is to be told. */
  readonly wants: Delivery["wants"];
}

/** What became of the records of a request. */
export type Recorded = Extract<DeliveryAnswer, { kind: "recorded" }>;

/**
 * Has the body of a request read, mapped and recorded; what is counted as recorded is durable. One record that is wrong never
 * keeps its neighbours from going in.
 * @throws SourceError when nothing of the body can be read
 * @throws CairnError parameter_invalid of a header, batch_too_many_events, overloaded …: then sending all of it again is safe
 */
export async function deliver(context: ServerContext, request: FastifyRequest, sent: Sent): Promise<Recorded> {
  const { to, ...delivery } = sent;
  const encoding = encodingOf(request);
  const answer = await deliverBody(context, {
    ...{ ...to, ...delivery, ...originalOf(request) },
    ...{ encoding, body: rawBody(request) },
  });
  if (answer.kind === "recorded") return answer;
  const { code, message, place } = answer.fault;
  throw new SourceError(code as SourceErrorCode, message, place);
}

/** Whether records are to be kept as received. @throws CairnError parameter_invalid */
function originalOf({ headers }: FastifyRequest): Pick<Delivery, "original"> {
  const original = headers["cairn-original"];
  if (original === undefined) return {};
  if (original !== "keep") throw new CairnError("parameter_invalid", "Cairn-Original: its only value is `keep`");
  return { original };
}
