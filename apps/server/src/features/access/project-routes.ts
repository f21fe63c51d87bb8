import { CairnError } from "@cairn/event";
import type { Project, ProjectSettings } from "@cairn/ledger";
import type { FastifyInstance, FastifyRequest } from "fastify";
import { changedFields, perform, shownTime } from "../../access/change-log.ts";
import { changeProject } from "../../access/change-settings.ts";
import type { Principal } from "../../access/principal.ts";
import type { ServerContext } from "../../context.ts";
import { authenticate } from "../../http/principal.ts";
import {
  type NewProject,
  NewProjectSchema,
  type ProjectChange,
  ProjectChangeSchema,
  type ProjectName,
  ProjectParams,
} from "./schema.ts";

/** Projects of the instance; an admin key sees and changes its own. */
export function projectRoutes(app: FastifyInstance, context: ServerContext): void {
  const meta = { tags: ["tenants"] };
  const { registry } = context.side;
  const visible = (principal: Principal): Project[] =>
    registry.projects().filter(({ no }) => principal.isOperator || no === principal.projectNo);
  const managed = (request: FastifyRequest<{ Params: ProjectName }>) => {
    const principal = authenticate(context, request, "projects:write");
    const project = visible(principal).find(({ id }) => id === request.params.project);
    if (project === undefined) throw new CairnError("not_found", "there is no such project");
    return { principal, project };
  };

  app.get("/v1/projects", { schema: { ...meta, summary: "Projects" } }, async (request) => ({
    projects: visible(authenticate(context, request, "projects:write")).map(presentProject),
  }));

  app.post<{ Body: NewProject }>(
    "/v1/projects",
    { schema: { ...meta, summary: "Make a project", body: NewProjectSchema } },
    async (request, reply) => {
      const principal = authenticate(context, request, "instance:write");
      const { id, name = id } = request.body;
      if (registry.project(id) !== undefined)
        throw new CairnError("state_conflict", "the name of the project is taken");
      const no = await context.threads.writer.call("createProject", { id, name });
      await perform(
        context,
        { principal, request },
        {
          tenant: "instance",
          access: [],
          action: "project.created",
          category: "settings",
          target: { type: "project", id, name },
        },
      );
      return reply.code(201).send(presentProject(registry.projectOf(no)!));
    },
  );

  app.get<{ Params: ProjectName }>(
    "/v1/projects/:project",
    { schema: { ...meta, summary: "One project", params: ProjectParams } },
    async (request) => presentProject(managed(request).project),
  );

  app.patch<{ Params: ProjectName; Body: ProjectChange }>(
    "/v1/projects/:project",
    { schema: { ...meta, summary: "Change a project", params: ProjectParams, body: ProjectChangeSchema } },
    async (request) => {
      const { principal, project: entered } = managed(request);
      const after = await changeProject(context, entered.no, async (project, still) => {
        const { name = project.name, free_text_is_personal: isPersonal, allowed_origins: origins } = request.body;
        const settings: ProjectSettings = {
          ...project.settings,
          ...(isPersonal === undefined ? {} : { freeTextIsPersonal: isPersonal }),
          ...(origins === undefined ? {} : { allowedOrigins: origins.map((origin) => new URL(origin).origin) }),
        };
        const changed: Project = { ...project, name, settings };
        await perform(
          context,
          { principal, request },
          {
            tenant: "instance",
            access: [still, { kind: "project", no: project.no, name, settings }],
            action: "project.updated",
            category: "settings",
            target: { type: "project", id: project.id, name },
            changes: changedFields(presentProject(project), presentProject(changed)),
          },
        );
        return changed;
      });
      for (const thread of context.threads.ingest) thread.tell("refresh", undefined);
      return presentProject(after);
    },
  );
}

function presentProject({ id, name, isTest, settings, createdAtMs }: Project): Record<string, unknown> {
  return {
    id,
    name,
    test: isTest,
    free_text_is_personal: settings.freeTextIsPersonal ?? false,
    allowed_origins: settings.allowedOrigins ?? [],
    created_at: shownTime(createdAtMs),
  };
}
