import type { CairnEvent } from "@cairn/event";

/** An event of the generator, as far as it is translated. */
export interface Generated extends Omit<CairnEvent, "verb" | "category" | "outcome" | "source"> {
  readonly outcome?: CairnEvent["outcome"];
  readonly context?: {
    readonly ip?: string;
    readonly user_agent?: string;
    readonly session_id?: string;
    readonly request_id?: string;
  };
}

/** A way in that is measured: how many events each request holds, and what they look like. */
export interface MeasuredWay {
  readonly name: string;
  /** Events of one request. */
  readonly batch: number;
  readonly bodyOf: (events: readonly Generated[]) => string | Buffer;
  /** `application/json` when absent. */
  readonly contentType?: string;
  /** Headers of one request beside the usual ones. */
  readonly headersOf?: (events: readonly Generated[]) => Readonly<Record<string, string>>;
}

/** What Cairn keeps under `details` stands beside the rest in the payloads of others. */
export function flat({ details, ...rest }: Partial<Generated>): object {
  return { ...rest, ...(details as object | undefined) };
}

/** Makes a body of one JSON value. */
export function jsonOf(value: (events: readonly Generated[]) => object): MeasuredWay["bodyOf"] {
  return (events) => JSON.stringify(value(events));
}

/** Makes a body of one JSON object a line. */
export function linesOf(value: (event: Generated) => object): MeasuredWay["bodyOf"] {
  return (events) => events.map((event) => JSON.stringify(value(event))).join("\n");
}
