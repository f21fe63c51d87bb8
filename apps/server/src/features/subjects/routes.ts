import { CairnError, quoteValue } from "@cairn/event";
import type { FastifyInstance, FastifyRequest } from "fastify";
import { sealedToken } from "../../access/sealed-token.ts";
import type { ServerContext } from "../../context.ts";
import { demandPermission, enter } from "../../http/principal.ts";
import { join, separate } from "../../subjects/same.ts";
import { type Heard, type Saying, say } from "../../subjects/say.ts";
import { recorded } from "../search/record-reading.ts";
import { findSubject, findSubjects, refQuery, type SubjectCursors } from "./find.ts";
import { type Foreseen, foresee } from "./foresee.ts";
import { sayingOf, uploadOfCsv } from "./read-upload.ts";
import {
  type List,
  ListSchema,
  type Ref,
  RefParams,
  type Said,
  SaidSchema,
  type Same,
  SameParams,
  type SubjectName,
  SubjectNameParams,
  type Upload,
  type UploadOptions,
  UploadQuery,
  UploadSchema,
} from "./schema.ts";

/** A thousand people with a handful of groups. */
const UPLOAD_BYTES = 2 * 1024 * 1024;

/** The people that a log is about: what they are called, what they are known by, in which groups they are. */
export function subjectRoutes(app: FastifyInstance, context: ServerContext): void {
  const meta = { tags: ["subjects"] };
  const cursors: SubjectCursors = sealedToken(context.side.secrets.serverSecret, "subject-cursors");

  const list = async (request: FastifyRequest, ask: List) => {
    const entered = enter(context, request, "events:read");
    const q = ask.q === undefined || ask.q.trim() === "" ? "" : `subject:${quoteValue(ask.q)}`;
    return recorded(context, { ...entered, request }, { q }, () => findSubjects(context, entered, { ask, cursors }));
  };
  app.get<{ Querystring: List }>(
    "/v1/subjects",
    { schema: { ...meta, summary: "People that the log is about", querystring: ListSchema } },
    (request) => list(request, request.query),
  );
  app.post<{ Body: List }>(
    "/v1/subjects/search",
    { schema: { ...meta, summary: "People that the log is about", body: ListSchema } },
    (request) => list(request, request.body),
  );

  app.get<{ Params: Ref }>(
    "/v1/subjects/:ref",
    { schema: { ...meta, summary: "One person", params: RefParams } },
    async (request) => {
      const entered = enter(context, request, "events:read");
      const { ref } = request.params;
      return recorded(context, { ...entered, request }, { q: refQuery(ref) }, () => findSubject(context, entered, ref));
    },
  );

  app.put<{ Params: SubjectName; Body: Said }>(
    "/v1/subjects/:namespace/:value",
    {
      schema: {
        ...meta,
        summary: "Say what a person is called, and in which groups they are",
        params: SubjectNameParams,
        body: SaidSchema,
      },
    },
    async (request) => {
      const { principal, tenant } = enter(context, request, "subjects:write");
      const saying = sayingOf(request.params, request.body, Date.now());
      const [heard] = await say(context, { principal, request }, { tenant, sayings: [saying] });
      if (heard?.status === "rejected") throw heard.error;
      return heard;
    },
  );

  app.put<{ Params: Ref; Body: Said }>(
    "/v1/subjects/:ref",
    { schema: { ...meta, summary: "Say it of a person by reference", params: RefParams, body: SaidSchema } },
    async (request) => {
      const { principal, tenant } = enter(context, request, "subjects:write");
      const saying = sayingOf(request.params, request.body, Date.now());
      const [heard] = await say(context, { principal, request }, { tenant, sayings: [saying] });
      if (heard?.status === "rejected") throw heard.error;
      return heard;
    },
  );
  app.put<{ Params: Same }>(
    "/v1/subjects/:ref/same-as/:other",
    { schema: { ...meta, summary: "Say that two references are one person", params: SameParams } },
    async (request) => {
      const { principal, tenant } = enter(context, request, "subjects:write");
      const { ref, other } = request.params;
      return join(context, { principal, request }, { tenant, refs: [ref, other] });
    },
  );
  app.delete<{ Params: Ref }>(
    "/v1/subjects/:ref/same-as",
    { schema: { ...meta, summary: "Say that a reference is a person by itself again", params: RefParams } },
    async (request) => {
      const { principal, tenant } = enter(context, request, "subjects:write");
      return separate(context, { principal, request }, { tenant, ref: request.params.ref });
    },
  );

  // CSV has a body parser of its own, in a scope of its own.
  app.register((scope, _options, done) => {
    scope.addContentTypeParser("text/csv", { parseAs: "string", bodyLimit: UPLOAD_BYTES }, (_request, body, parsed) => {
      try {
        parsed(null, { subjects: uploadOfCsv(String(body)) });
      } catch (error) {
        parsed(error as Error);
      }
    });
    scope.post<{ Body: Upload; Querystring: UploadOptions }>(
      "/v1/subjects",
      {
        bodyLimit: UPLOAD_BYTES,
        schema: {
          ...meta,
          summary: "Say it of many people, as JSON or CSV",
          querystring: UploadQuery,
          body: UploadSchema,
        },
      },
      async (request) => {
        const { principal, tenant } = enter(context, request, "subjects:write");
        const isPreview = request.query.preview === true;
        if (isPreview) demandPermission(principal, "events:read");
        const nowMs = Date.now();
        const read = request.body.subjects.map((each) => readOne(each, nowMs));
        const sayings = read.filter((each) => !(each instanceof CairnError)) as Saying[];
        const heard = isPreview
          ? await foresee(context, tenant, sayings)
          : await say(context, { principal, request }, { tenant, sayings });
        let next = 0;
        return {
          results: read.map((each) =>
            presentHeard(each instanceof CairnError ? { status: "rejected", error: each } : heard[next++]!),
          ),
        };
      },
    );
    done();
  });
}

function readOne(each: Upload["subjects"][number], nowMs: number): Saying | CairnError {
  try {
    return sayingOf(each, each, nowMs);
  } catch (error) {
    if (error instanceof CairnError) return error;
    throw error;
  }
}

function presentHeard(heard: Heard | Foreseen): object {
  if (heard.status !== "rejected") return heard;
  const { code, message } = heard.error;
  return { status: "rejected", error: { code, message } };
}
