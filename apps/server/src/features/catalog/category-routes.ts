import { CATEGORY_PRESETS, CairnError, type Category, DEFAULT_CATEGORIES } from "@cairn/event";
import type { FastifyInstance } from "fastify";
import Type, { type Static } from "typebox";
import { changedFields, changedFrom, perform } from "../../access/change-log.ts";
import { changeProject } from "../../access/change-settings.ts";
import type { ServerContext } from "../../context.ts";
import { enterProject } from "../../http/principal.ts";
import { catalogRefusal, enterCatalog } from "./enter-catalog.ts";

const CategoriesSchema = Type.Object(
  {
    preset: Type.Optional(Type.String({ description: "Take a list as it is: `default` or `tenant_portal`." })),
    categories: Type.Optional(
      Type.Array(
        Type.Object(
          { id: Type.String({ minLength: 1, maxLength: 500 }), name: Type.String({ minLength: 1, maxLength: 500 }) },
          { additionalProperties: false },
        ),
        { maxItems: 200 },
      ),
    ),
  },
  { additionalProperties: false },
);

/** The project's categories. An event may carry any; the list is what people are offered. */
export function categoryRoutes(app: FastifyInstance, context: ServerContext): void {
  const listOf = (projectNo: number): readonly Category[] =>
    context.side.registry.projectSettings(projectNo).categories ?? DEFAULT_CATEGORIES;

  app.get(
    "/v1/categories",
    { schema: { summary: "Categories of the project", tags: ["catalog"] } },
    async (request) => {
      const { principal, project } = enterProject(context, request, "events:read");
      return {
        categories: listOf(project.no),
        presets: Object.keys(CATEGORY_PRESETS),
        write_refusal: catalogRefusal(context, principal)?.code ?? null,
      };
    },
  );

  app.put<{ Body: Static<typeof CategoriesSchema> }>(
    "/v1/categories",
    { schema: { summary: "Set the categories of the project", tags: ["catalog"], body: CategoriesSchema } },
    async (request) => {
      const { principal, project: entered } = enterCatalog(context, request);
      const { preset, categories } = request.body;
      const isKnown = preset !== undefined && Object.hasOwn(CATEGORY_PRESETS, preset);
      const chosen = preset === undefined ? categories : isKnown ? CATEGORY_PRESETS[preset] : undefined;
      if (chosen === undefined) {
        throw new CairnError(
          "parameter_invalid",
          `give \`categories\`, or a \`preset\` of ${Object.keys(CATEGORY_PRESETS).join(", ")}`,
        );
      }
      await changeProject(context, entered.no, ({ no, id, name, settings }, still) =>
        perform(
          context,
          { principal, request },
          {
            tenant: changedFrom(context, principal),
            access: [still, { kind: "project", no, name, settings: { ...settings, categories: chosen } }],
            action: "categories.updated",
            category: "settings",
            target: { type: "project", id, name },
            changes: changedFields({ categories: settings.categories ?? DEFAULT_CATEGORIES }, { categories: chosen }),
          },
        ),
      );
      return { categories: listOf(entered.no) };
    },
  );
}
