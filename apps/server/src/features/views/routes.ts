import { CairnError } from "@cairn/event";
import type { AccessChange, SavedView, Tenant, TenantSettings } from "@cairn/ledger";
import type { FastifyInstance, FastifyRequest } from "fastify";
import { changedFields, perform } from "../../access/change-log.ts";
import { changeTenant } from "../../access/change-settings.ts";
import type { Principal } from "../../access/principal.ts";
import { redactQuery } from "../../access/redact-query.ts";
import { newId } from "../../access/token.ts";
import type { ServerContext } from "../../context.ts";
import { type Entered, enter, lacksPermission } from "../../http/principal.ts";
import { translated } from "../search/translate.ts";
import { contentOf } from "./content.ts";
import { presentView } from "./present.ts";
import {
  type DefaultView,
  DefaultViewSchema,
  type ViewId,
  ViewParams,
  type ViewRequest,
  ViewSchema,
} from "./schema.ts";

/** Views of one tenant, shared and private together: past it nobody finds any. */
const MAX_VIEWS = 1_000;

/** Saved views of the log. A view is a query and how to show its answer: whoever opens it sees what they may see. */
export function viewRoutes(app: FastifyInstance, context: ServerContext): void {
  const meta = { tags: ["views"] };
  const { views } = context.side.access;

  app.get("/v1/views", { schema: { ...meta, summary: "Saved views" } }, async (request) => {
    const { principal, tenant } = enterViews(context, request);
    const shown = views.list(tenant.no).filter((view) => isShown(view, principal));
    const byDefault = shown.find(({ id, isShared }) => isShared && id === tenant.settings.defaultView);
    return { views: shown.map((view) => presentView(view, tenant)), default: byDefault?.id ?? null };
  });

  app.get<{ Params: ViewId }>(
    "/v1/views/:id",
    { schema: { ...meta, summary: "One saved view", params: ViewParams } },
    async (request) => {
      const entered = enterViews(context, request);
      return presentView(find(context, entered, request.params.id), entered.tenant);
    },
  );

  app.post<{ Body: ViewRequest }>(
    "/v1/views",
    { schema: { ...meta, summary: "Save a view", body: ViewSchema } },
    async (request, reply) => {
      const entered = enterViews(context, request);
      const { principal, tenant } = entered;
      const isShared = request.body.shared === true;
      const ownerId = ownerOf(principal);
      if (isShared) demandSharing(principal);
      // A view that nobody but its owner sees needs an owner.
      else if (ownerId === undefined) throw new CairnError("state_conflict", "only members have views of their own");
      if (views.list(tenant.no).length >= MAX_VIEWS)
        throw new CairnError("state_conflict", `there are ${MAX_VIEWS} views already; remove one first`);
      const content = contentOf(request.body);
      const id = newId("vew");
      const view: SavedView = { id, tenantNo: tenant.no, ownerId, isShared, createdAtMs: Date.now(), content };
      await settle(context, { ...entered, request }, { action: "view.created", after: view });
      return reply.code(201).send(presentView(view, tenant));
    },
  );

  app.put<{ Params: ViewId; Body: ViewRequest }>(
    "/v1/views/:id",
    { schema: { ...meta, summary: "Put a view in the place of a saved one", params: ViewParams, body: ViewSchema } },
    async (request) => {
      const entered = enterViews(context, request);
      const { principal, tenant } = entered;
      const before = findForChange(context, entered, request.params.id);
      const isShared = request.body.shared ?? before.isShared;
      if (isShared) demandSharing(principal);
      // Else it would be gone for everybody, or come to somebody who did not make it.
      if (!isShared && before.ownerId !== ownerOf(principal))
        throw new CairnError("state_conflict", "only its owner can make a shared view their own");
      const content = contentOf(request.body);
      const after: SavedView = { ...before, isShared, content };
      await settle(context, { ...entered, request }, { action: "view.updated", before, after });
      return presentView(after, tenant);
    },
  );

  app.delete<{ Params: ViewId }>(
    "/v1/views/:id",
    { schema: { ...meta, summary: "Remove a saved view", params: ViewParams } },
    async (request, reply) => {
      const entered = enterViews(context, request);
      const before = findForChange(context, entered, request.params.id);
      await settle(context, { ...entered, request }, { action: "view.removed", before });
      return reply.code(204).send();
    },
  );

  app.put<{ Body: DefaultView }>(
    "/v1/default-view",
    { schema: { ...meta, summary: "Choose the view that the log opens with", body: DefaultViewSchema } },
    async (request) => {
      const { principal, tenant } = enter(context, request, "views:write");
      const { id } = request.body;
      const view = views.list(tenant.no).find((each) => each.id === id && each.isShared);
      if (id !== null && view === undefined) throw noView();
      await changeTenant(context, tenant.no, ({ settings: { defaultView: before = null, ...rest } }, still) => {
        const settings: TenantSettings = id === null ? rest : { ...rest, defaultView: id };
        return perform(
          context,
          { principal, request },
          {
            tenant,
            access: [still, { kind: "tenant", no: tenant.no, standing: { settings } }],
            action: "settings.updated",
            category: "settings",
            target: { type: "tenant", id: tenant.id, name: tenant.name },
            changes: changedFields({ default_view: before }, { default_view: id }),
          },
        );
      });
      return { id };
    },
  );
}

/** Viewers inside other products see what those show them. @throws CairnError forbidden for them */
function enterViews(context: ServerContext, request: FastifyRequest): Entered {
  const entered = enter(context, request, "events:read");
  if (entered.principal.kind === "viewer") throw new CairnError("forbidden", "viewer tokens have no views");
  return entered;
}

/** Behind a wall only one's own: the name and the query of another's may tell of what is beyond. */
function isShown({ isShared, ownerId }: SavedView, principal: Principal): boolean {
  if (ownerId !== undefined && ownerId === ownerOf(principal)) return true;
  return isShared && principal.wall === undefined;
}

function ownerOf({ kind, id }: Principal): string | undefined {
  return kind === "member" ? id : undefined;
}

function find({ side }: ServerContext, { principal, tenant }: Entered, id: string): SavedView {
  const view = side.access.views.list(tenant.no).find((each) => each.id === id && isShown(each, principal));
  if (view === undefined) throw noView();
  return view;
}

/** Somebody's own view, or for those who share any shared one. Others are not told whether there is one. */
function findForChange({ side }: ServerContext, { principal, tenant }: Entered, id: string): SavedView {
  const view = side.access.views.list(tenant.no).find((each) => each.id === id && isShown(each, principal));
  if (view === undefined || view.isShared) demandSharing(principal);
  if (view === undefined) throw noView();
  return view;
}

function demandSharing(principal: Principal): void {
  if (!principal.permissions.has("views:write")) throw lacksPermission(principal, "views:write");
}

function noView(): CairnError {
  return new CairnError("not_found", "there is no such view");
}

interface ViewChange {
  readonly action: string;
  readonly before?: SavedView;
  readonly after?: SavedView;
}

/** Writes a change of a view down, and records it when others see it. */
function settle(
  context: ServerContext,
  entered: Entered & { readonly request: FastifyRequest },
  change: ViewChange,
): Promise<void> {
  return changeTenant(context, entered.tenant.no, (tenant, still) =>
    settleNow(context, { ...entered, tenant }, { ...change, still }),
  );
}

async function settleNow(
  context: ServerContext,
  { principal, tenant, request }: Entered & { readonly request: FastifyRequest },
  { action, before, after, still }: ViewChange & { readonly still: AccessChange },
): Promise<void> {
  const [gone, kept] = [before, after];
  const view = after ?? before!;
  const isDefault = tenant.settings.defaultView === view.id && after?.isShared !== true;
  const access: AccessChange[] = [
    ...(kept !== undefined ? [{ kind: "view", view: kept } as const] : [{ kind: "no_view", id: gone!.id } as const]),
    ...(isDefault ? [still, withoutDefault(tenant)] : []),
  ];
  if (before?.isShared !== true && after?.isShared !== true) return context.own.change(access, []);
  const [was, is] = await Promise.all([recordable(context, before), recordable(context, after)]);
  await perform(
    context,
    { principal, request },
    {
      tenant,
      access,
      action,
      category: "settings",
      target: { type: "view", id: view.id, name: view.content.name },
      changes: changedFields(was, is),
    },
  );
}

function withoutDefault({ no, settings }: Tenant): AccessChange {
  const { defaultView: _view, ...rest } = settings;
  return { kind: "tenant", no, standing: { settings: rest } };
}

/** A view as the log may say it: with references in place of what people are called in its query. */
async function recordable(context: ServerContext, view: SavedView | undefined): Promise<Record<string, unknown>> {
  if (view === undefined || !view.isShared) return {};
  const { q, ...rest } = view.content;
  const asked = { tenantNo: view.tenantNo, q, nowMs: Date.now() };
  const query = q === "" ? "" : await translated(() => redactQuery(context.search.index(), asked));
  return { ...rest, query };
}
