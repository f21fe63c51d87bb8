import type { CairnError } from "@cairn/event";
import type { Source } from "@cairn/ledger";
import { SourceError, type SourceErrorCode } from "@cairn/sources";
import type { ServerContext } from "../context.ts";
import type { BodyEncoding } from "../ingest/decode-body.ts";
import { deliverBody } from "../ingest/deliver.ts";
import { bodyError } from "./body-error.ts";
import type { Headers } from "./kinds.ts";
import { NO_COUNTS, type Tally } from "./source-state.ts";

/** What a webhook was sent. */
export interface SentBody {
  /** As it came; not to be used afterwards. */
  readonly body: Uint8Array;
  readonly encoding: BodyEncoding;
  /** Headers that the kind reads, in lower case. */
  readonly headers: Headers;
}

/** What became of a body: what it adds to its source, and why nothing of it could be read, if so. */
export interface ReceivedBody {
  readonly tally: Tally;
  readonly unreadable?: CairnError;
}

/**
 * Has a body of a source read, mapped and recorded in the log of its tenant. What is refused, and a body of which nothing can
 * be read, is kept for its owner: the sender's people are seldom those who look there.
 * @throws CairnError overloaded, disk_full, …: sending the same again is safe
 */
export async function receiveBody(context: ServerContext, source: Source, sent: SentBody): Promise<ReceivedBody> {
  const { id, version, kind, settings } = source;
  const tenant = context.lately.tenant(source.tenantNo);
  if (tenant === undefined) throw new Error("BUG: a source without a tenant");
  const { headers, ...body } = sent;
  const answer = await deliverBody(context, {
    ...body,
    dialect: { kind: "source", id, version, sourceKind: kind, settings: JSON.stringify(settings), headers },
    ...{ keyId: id, sourceId: id, projectNo: tenant.projectNo, tenantNo: tenant.no, canCreateTenants: false },
    ...{ defaultSource: kind, wants: "numbers" },
  });
  if (answer.kind === "recorded") return { tally: answer };
  const { code, message, place } = answer.fault;
  return {
    tally: { counts: { ...NO_COUNTS, received: 1, rejected: 1 }, gaps: [] },
    unreadable: bodyError(new SourceError(code as SourceErrorCode, message, place)),
  };
}
