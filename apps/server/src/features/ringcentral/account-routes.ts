import type { FastifyInstance } from "fastify";
import Type, { type Static } from "typebox";
import type { ServerContext } from "../../context.ts";
import { recorded } from "../search/record-reading.ts";
import type { AccessTokens } from "./access-tokens.ts";
import { enterAccount } from "./enter.ts";
import { noSuchResource } from "./errors.ts";
import { extensionNumberOf, presentExtension } from "./extension.ts";
import { findPage } from "./find-page.ts";
import { presentRecord } from "./present-record.ts";
import { type AuditTrailSearch, AuditTrailSearchSchema, searchOf } from "./search-request.ts";

const id = Type.String({ minLength: 1, maxLength: 200 });
const ExtensionParams = Type.Object({ accountId: id, extensionId: id });
const AccountParams = Type.Object({ accountId: id });

/** What is asked of an account: who asks, and its audit trail. */
export function accountRoutes(app: FastifyInstance, context: ServerContext, tokens: AccessTokens): void {
  const meta = { tags: ["RingCentral"] };
  app.get<{ Params: Static<typeof ExtensionParams> }>(
    "/v1.0/account/:accountId/extension/:extensionId",
    { schema: { ...meta, summary: "Tell who asks, as an extension", params: ExtensionParams } },
    async (request) => {
      const entered = enterAccount(context, request, tokens);
      const { extensionId } = request.params;
      if (extensionId !== "~" && extensionId !== String(extensionNumberOf(entered.principal.id)))
        throw noSuchResource("extensionId");
      return presentExtension(entered, context.url());
    },
  );

  app.post<{ Params: Static<typeof AccountParams>; Body: AuditTrailSearch }>(
    "/v1.0/account/:accountId/audit-trail/search",
    {
      schema: {
        ...meta,
        summary: "Search the log as an audit trail",
        params: AccountParams,
        body: AuditTrailSearchSchema,
      },
    },
    async (request) => {
      const entered = enterAccount(context, request, tokens);
      const nowMs = Date.now();
      const search = searchOf(request.body, nowMs);
      const { events, paging } = await recorded(context, { ...entered, request }, search, () =>
        findPage(context, entered, { search, nowMs }),
      );
      return { records: events.map(presentRecord), paging };
    },
  );
}
