import { CairnError } from "@cairn/event";
import type { MemberGroup } from "@cairn/ledger";
import type { FastifyInstance } from "fastify";
import { changedFields, perform, shownTime } from "../../access/change-log.ts";
import { newId } from "../../access/token.ts";
import { checkWall } from "../../access/wall.ts";
import type { ServerContext } from "../../context.ts";
import { enter } from "../../http/principal.ts";
import { type GroupChange, GroupChangeSchema, type Id, IdParams, type NewGroup, NewGroupSchema } from "./schema.ts";

/** Groups of members, such as departments. */
export function groupRoutes(app: FastifyInstance, context: ServerContext): void {
  const meta = { tags: ["access"] };
  const { groups, members } = context.side.access;
  const find = (tenantNo: number, id: string): MemberGroup => {
    const group = groups.list(tenantNo).find((each) => each.id === id);
    if (group === undefined) throw new CairnError("not_found", "there is no such group");
    return group;
  };

  app.get("/v1/groups", { schema: { ...meta, summary: "Groups of members" } }, async (request) => {
    const { tenant } = enter(context, request, "members:read");
    return { groups: groups.list(tenant.no).map(presentGroup) };
  });

  app.post<{ Body: NewGroup }>(
    "/v1/groups",
    { schema: { ...meta, summary: "Make a group", body: NewGroupSchema } },
    async (request, reply) => {
      const { principal, tenant } = enter(context, request, "members:write");
      const { name, wall } = request.body;
      if (wall !== undefined) checkWall(wall);
      const group: MemberGroup = { id: newId("grp"), tenantNo: tenant.no, name, wall, createdAtMs: Date.now() };
      await perform(
        context,
        { principal, request },
        {
          tenant,
          access: [{ kind: "group", group }],
          action: "group.created",
          category: "people",
          target: targetOf(group),
          changes: changedFields({}, { name, wall }),
        },
      );
      return reply.code(201).send(presentGroup(group));
    },
  );

  app.patch<{ Params: Id; Body: GroupChange }>(
    "/v1/groups/:id",
    { schema: { ...meta, summary: "Change a group", params: IdParams, body: GroupChangeSchema } },
    async (request) => {
      const { principal, tenant } = enter(context, request, "members:write");
      const before = find(tenant.no, request.params.id);
      const { name = before.name } = request.body;
      const wall = request.body.wall === undefined ? before.wall : (request.body.wall ?? undefined);
      if (wall !== undefined) checkWall(wall);
      const group = { ...before, name, wall };
      await perform(
        context,
        { principal, request },
        {
          tenant,
          access: [{ kind: "group", group }],
          action: "group.updated",
          category: "people",
          target: targetOf(group),
          changes: changedFields({ name: before.name, wall: before.wall }, { name, wall }),
        },
      );
      return presentGroup(group);
    },
  );

  app.delete<{ Params: Id }>(
    "/v1/groups/:id",
    { schema: { ...meta, summary: "Remove a group that nobody is in", params: IdParams } },
    async (request, reply) => {
      const { principal, tenant } = enter(context, request, "members:write");
      const group = find(tenant.no, request.params.id);
      // Its wall would go from its members without a word.
      if (members.list(tenant.no).some((member) => member.groups.includes(group.id)))
        throw new CairnError("state_conflict", "there are members in the group; take them out first");
      await perform(
        context,
        { principal, request },
        {
          tenant,
          access: [{ kind: "no_group", id: group.id }],
          action: "group.removed",
          category: "people",
          target: targetOf(group),
          changes: changedFields({ name: group.name, wall: group.wall }, {}),
        },
      );
      return reply.code(204).send();
    },
  );
}

function targetOf({ id, name }: MemberGroup) {
  return { type: "member_group", id, name };
}

function presentGroup({ id, name, wall, createdAtMs }: MemberGroup): object {
  return { id, name, wall: wall ?? null, created_at: shownTime(createdAtMs) };
}
