import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { CairnError } from "@cairn/event";
import type { FastifyInstance, FastifyReply } from "fastify";
import type { ServerContext } from "../../context.ts";
import { readBuiltPage } from "./built-page.ts";
import { CLONE } from "./clone.ts";
import { firstUseRoutes } from "./first-use-routes.ts";
import { protect, sendFile } from "./send-file.ts";

const BUILT_PAGE = fileURLToPath(new URL("apps/portal/dist", CLONE));
/** Documentation that the page links to, as text: the page has to explain itself without another server. */
const DOCS = ["docs/query-language.md", "docs/sources/mapping.md"] as const;

/** The page at `/`, its files, signing in and out. */
export function pageRoutes(app: FastifyInstance, context: ServerContext): void {
  const page = readBuiltPage(BUILT_PAGE);
  const hidden = { schema: { hide: true } };

  app.get("/", hidden, (request, reply) => {
    const index = page.get("index.html");
    if (index !== undefined) return sendFile({ request, reply }, index, "revalidate");
    return protect(reply)
      .code(503)
      .type("text/plain; charset=utf-8")
      .send("The page has not been built. Run `npm run build` and start Cairn again; the API works without it.\n");
  });

  app.get<{ Params: { "*": string } }>("/assets/*", hidden, (request, reply) => {
    const file = page.get(`assets/${request.params["*"]}`);
    if (file === undefined) throw new CairnError("not_found", "the page has no such file");
    return sendFile({ request, reply }, file, "immutable");
  });

  // Products of other origins load it; what it may then ask is decided by its token and the project's allowed origins.
  const shareWithAnyOrigin = async (_request: unknown, reply: FastifyReply): Promise<void> => {
    reply.header("cross-origin-resource-policy", "cross-origin").header("access-control-allow-origin", "*");
  };
  app.get("/viewer.js", { ...hidden, onSend: shareWithAnyOrigin }, (request, reply) => {
    const file = page.get("viewer.js");
    if (file === undefined) throw new CairnError("not_found", "the page has not been built");
    return sendFile({ request, reply }, file, "revalidate");
  });

  for (const path of DOCS) {
    const file = fileURLToPath(new URL(path, CLONE));
    app.get(`/${path}`, hidden, (_request, reply) => {
      if (!existsSync(file)) throw new CairnError("not_found", "this installation has no documentation");
      return protect(reply)
        .type("text/plain; charset=utf-8")
        .header("cache-control", "no-cache")
        .send(readFileSync(file, "utf8"));
    });
  }

  firstUseRoutes(app, context, page);
}
