import type { Config } from "./config.ts";

/** A fax as the desk shows it in its list. */
export interface Fax {
  readonly id: string;
  readonly from: string;
  readonly receivedAt: string;
  readonly pages: number | undefined;
  readonly isUnread: boolean;
}

/** The pages of a fax, as RingCentral rendered them. */
export interface FaxContent {
  readonly contentType: string;
  readonly bytes: Buffer;
}

/** RingCentral did not give what it was asked for. */
export class RingCentralError extends Error {
  /** 0 when it did not answer. */
  readonly status: number;

  constructor(what: string, status: number) {
    super(`RingCentral answered ${status === 0 ? "nothing" : status} to ${what}`);
    this.name = "RingCentralError";
    this.status = status;
  }
}

/** The fax number's one extension at RingCentral, whose credentials no member of the staff knows. */
export interface FaxLine {
  list(): Promise<readonly Fax[]>;
  find(id: string): Promise<Fax>;
  content(id: string): Promise<FaxContent>;
}

const JWT_BEARER = "urn:ietf:params:oauth:grant-type:jwt-bearer";
const STORE = "/restapi/v1.0/account/~/extension/~/message-store";
/** RingCentral keeps faxes for so long. */
const LISTED_DAYS = 30;
const LISTED = 100;
const TIMEOUT_MS = 20_000;
/** A token is not used any more when it ends so soon. */
const MARGIN_MS = 60_000;

interface MessageRecord {
  readonly id: number;
  readonly uri: string;
  readonly from?: { readonly phoneNumber?: string; readonly name?: string };
  readonly creationTime: string;
  readonly faxPageCount?: number;
  readonly readStatus?: string;
  readonly attachments?: readonly { readonly uri: string; readonly type: string }[];
}

/** Opens the line. It signs in when it is first used, and again when its token ends. */
export function openFaxLine({ url, clientId, clientSecret, jwt }: Config["ringCentral"]): FaxLine {
  let token: { readonly text: string; readonly untilMs: number } | undefined;

  async function send(path: string, request: RequestInit): Promise<Response> {
    try {
      // A redirect would carry credentials elsewhere.
      return await fetch(url + path, { ...request, redirect: "error", signal: AbortSignal.timeout(TIMEOUT_MS) });
    } catch {
      throw new RingCentralError("a request", 0);
    }
  }

  async function signIn(): Promise<string> {
    const answer = await send("/restapi/oauth/token", {
      method: "POST",
      headers: {
        authorization: `Basic ${Buffer.from(`${clientId}:${clientSecret}`).toString("base64")}`,
        "content-type": "application/x-www-form-urlencoded",
      },
      body: new URLSearchParams({ grant_type: JWT_BEARER, assertion: jwt }).toString(),
    });
    if (!answer.ok) throw new RingCentralError("the sign-in", answer.status);
    const { access_token: text, expires_in: seconds } = (await answer.json()) as {
      access_token: string;
      expires_in: number;
    };
    token = { text, untilMs: Date.now() + seconds * 1_000 - MARGIN_MS };
    return text;
  }

  async function get(path: string): Promise<Response> {
    const ask = async (): Promise<Response> => {
      const text = token !== undefined && token.untilMs > Date.now() ? token.text : await signIn();
      return send(path, { headers: { authorization: `Bearer ${text}` } });
    };
    let answer = await ask();
    if (answer.status === 401) {
      token = undefined;
      answer = await ask();
    }
    if (!answer.ok) throw new RingCentralError(path.slice(STORE.length) || "the list of faxes", answer.status);
    return answer;
  }

  const record = async (id: string) => (await (await get(`${STORE}/${id}`)).json()) as MessageRecord;
  return {
    async list() {
      const dateFrom = new Date(Date.now() - LISTED_DAYS * 86_400_000).toISOString();
      const query = new URLSearchParams({
        messageType: "Fax",
        direction: "Inbound",
        dateFrom,
        perPage: String(LISTED),
      });
      const { records } = (await (await get(`${STORE}?${query}`)).json()) as { records: readonly MessageRecord[] };
      return records.map(faxOf);
    },
    find: async (id) => faxOf(await record(id)),
    async content(id) {
      const { attachments = [] } = await record(id);
      const rendered = attachments.find(({ type }) => type === "RenderedDocument") ?? attachments[0];
      if (rendered === undefined) throw new RingCentralError(`/${id}/content`, 404);
      // Only the name is taken: the token goes nowhere but to the server of the settings.
      const answer = await get(`${STORE}/${id}/content/${lastPart(rendered.uri)}`);
      const contentType = answer.headers.get("content-type") ?? "application/octet-stream";
      return { contentType, bytes: Buffer.from(await answer.arrayBuffer()) };
    },
  };
}

/** Ids are numbers beyond what JavaScript counts exactly; in an address they are text. */
function faxOf({ uri, from, creationTime, faxPageCount, readStatus }: MessageRecord): Fax {
  return {
    id: lastPart(uri),
    from: from?.name ?? from?.phoneNumber ?? "unknown number",
    receivedAt: creationTime,
    pages: faxPageCount,
    isUnread: readStatus === "Unread",
  };
}

function lastPart(uri: string): string {
  const part = /\/(\d{1,19})$/.exec(new URL(uri).pathname)?.[1];
  if (part === undefined) throw new RingCentralError("an address that holds no id", 502);
  return part;
}
