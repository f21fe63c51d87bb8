import { statfsSync } from "node:fs";
import { EventSchema } from "@cairn/event/door";
import { countEntries, EVENT_LOG } from "@cairn/ledger";
import type { FastifyInstance } from "fastify";
import type { ServerContext } from "../../context.ts";
import { demandMetricsAccess } from "./metrics-access.ts";

/** Health, readiness, metrics, the API's description. */
export function operationRoutes(app: FastifyInstance, context: ServerContext): void {
  app.get(
    "/healthz",
    { schema: { summary: "200 once events are accepted", tags: ["operation"] } },
    async (_request, reply) => {
      const why = context.stopped();
      return why === undefined ? { status: "ok" } : reply.code(503).send({ status: "stopped", why });
    },
  );

  app.get(
    "/readyz",
    { schema: { summary: "200 once search has caught up", tags: ["operation"] } },
    async (_request, reply) => {
      const isReady = context.stopped() === undefined && context.search.isReady();
      return reply
        .code(isReady ? 200 : 503)
        .send({ status: isReady ? "ok" : "catching_up", lag_events: context.search.lagEvents() });
    },
  );

  app.get("/metrics", { schema: { summary: "Prometheus metrics", tags: ["operation"] } }, async (request, reply) => {
    demandMetricsAccess(context, request);
    const writer = await context.threads.writer.call("metrics", undefined);
    const disk = statfsSync(context.side.paths.dataDir);
    const text = context.metrics.write({
      cairn_commits: writer.commits,
      cairn_committed_events: writer.events,
      cairn_commit_queue: writer.waiting,
      cairn_wal_bytes: writer.walBytes,
      cairn_seal_lag_events: countEntries(context.side.db, EVENT_LOG) - context.heads.coveredEvents,
      cairn_index_lag_events: context.search.lagEvents(),
      cairn_index_rebuild_events: context.search.rebuildEvents() ?? 0,
      cairn_disk_free_bytes: disk.bavail * disk.bsize,
      cairn_disk_size_bytes: disk.blocks * disk.bsize,
      cairn_resident_bytes: process.memoryUsage.rss(),
    });
    return reply.type("text/plain; version=0.0.4; charset=utf-8").send(text);
  });

  app.get(
    "/schemas/event.json",
    { schema: { summary: "JSON Schema of an event", tags: ["operation"] } },
    async (_request, reply) => reply.type("application/schema+json").send(JSON.stringify(EventSchema)),
  );

  app.get("/openapi.json", { schema: { hide: true } }, async () => app.swagger());
}
