import { mkdirSync } from "node:fs";
import { initialiseInstance, instancePaths, lockDirectory, openReaderSide } from "@cairn/ledger";
import type { FastifyInstance } from "fastify";
import { type Logger, pino } from "pino";
import { watchExpiry } from "./access/expiry.ts";
import { operatorTenant } from "./access/operator-tenant.ts";
import { SignIn } from "./access/sign-in/sign-in.ts";
import { startAccess } from "./access/start-access.ts";
import { openAdminChannel } from "./admin/channel.ts";
import type { Config } from "./config.ts";
import type { ServerContext } from "./context.ts";
import { ExportService } from "./exports/export-service.ts";
import { LiveProgress } from "./exports/live-progress.ts";
import { buildApp } from "./http/app.ts";
import { scheduleKeyRotation } from "./key-rotation.ts";
import { Metrics } from "./metrics.ts";
import { PublishedHeads } from "./published-heads.ts";
import { SearchService } from "./search/search-service.ts";
import { startSearch } from "./search/start-search.ts";
import { SourceService } from "./sources/source-service.ts";
import { DirectoryGroups } from "./subjects/directory-groups.ts";
import { startThreads } from "./threads/start-threads.ts";

/** A server that accepts events. */
export interface RunningServer {
  readonly context: ServerContext;
  /** Where it listens. */
  readonly url: string;
  /** Finishes what is under way, then stops. */
  stop(): Promise<void>;
}

/** Starts everything, in the order in which things depend on each other. @throws LedgerError when the data cannot be served */
export async function startServer(
  config: Config,
  options: { readonly log?: Logger; readonly onFatal?: (error: Error) => void } = {},
): Promise<RunningServer> {
  const log = options.log ?? pino({ level: config.logLevel });
  const paths = instancePaths(config.dataDir, config.stateDir);
  mkdirSync(paths.dataDir, { recursive: true, mode: 0o700 });
  const lock = lockDirectory(paths.lock);
  initialiseInstance(paths);
  const heads = new PublishedHeads();
  let whyStopped: string | undefined;
  let isStopping = false;
  const fatal = (error: Error): void => {
    if (isStopping) return;
    log.fatal({ err: error }, "a part of the server ended; stopping, because a restart recovers what it held");
    options.onFatal?.(error);
  };
  const service = new SearchService();
  const live = new LiveProgress();
  const threads = await startThreads({
    paths,
    ...(config.ingestThreads > 0 ? { ingestThreads: config.ingestThreads } : {}),
    news: {
      published: (news) => heads.publish(news),
      stopped({ message }: { readonly message: string }) {
        whyStopped = message;
        log.error(message);
      },
    },
    indexNews: {
      indexed: (progress) => service.progress(progress),
      failed({ message }: { readonly message: string }) {
        // Once, however often it is tried until it succeeds.
        if (service.failed(message)) log.warn(`the index cannot be followed and is tried again: ${message}`);
      },
    },
    exportNews: { progress: (progress) => live.tell(progress) },
    onCrash: (name, error) => fatal(new Error(`thread ${name}: ${error.message}`, { cause: error })),
  });
  const side = openReaderSide(paths);
  // Events are accepted while search is still starting.
  const searching = startSearch({ config, paths, threads, service, log });
  const { writer, sealer, exporter: thread } = threads;
  const exporting = new ExportService({ side, writer, sealer, heads, thread, search: service, live, log });
  searching.then(() => exporting.begin()).catch(fatal);
  const url = () => urlOf(config, app);
  const parts = startAccess({ config, side, threads, log, url });
  const { own } = parts;
  const context: ServerContext = {
    config,
    side,
    threads,
    heads,
    search: service,
    groups: new DirectoryGroups(side.access.subjectFacts),
    exports: exporting,
    ...parts,
    get signIn() {
      return signIn;
    },
    get sources() {
      return sources;
    },
    metrics: new Metrics(),
    log,
    url,
    stopped: () => whyStopped,
  };
  const signIn = new SignIn(context, parts.locks);
  const sources = new SourceService(context);
  const rotation = scheduleKeyRotation({ writer, days: config.keyRotationDays, log });
  const app: FastifyInstance = await buildApp(context);
  own.start();
  const expiry = watchExpiry({
    ...{ registry: side.registry, access: side.access, own, log },
    operatorTenant: () => operatorTenant(side.registry, writer),
    onTenant() {
      for (const each of threads.ingest) each.tell("refresh", undefined);
      sources.tenantChanged();
    },
  });
  await app.listen({ host: config.host, port: config.port });
  sources.start();
  const admin = await openAdminChannel(context);
  return {
    context,
    url: context.url(),
    async stop() {
      isStopping = true;
      await app.close();
      await admin.close();
      await sources.stop();
      context.sessions.stop();
      await expiry.stop();
      await signIn.stop();
      await context.readings.stop();
      await own.stop();
      await exporting.stop();
      rotation.stop();
      await threads.stop();
      // Without its threads a search that is still starting fails, and stops what it has started.
      const search = await searching.catch(() => undefined);
      await search?.stop();
      side.close();
      lock.release();
    },
  };
}

function urlOf(config: Config, app: FastifyInstance): string {
  if (config.publicUrl !== undefined) return config.publicUrl.replace(/\/+$/, "");
  const address = app.server.address();
  const port = typeof address === "object" && address !== null ? address.port : config.port;
  const host = config.host.includes(":") ? `[${config.host}]` : config.host === "127.0.0.1" ? "localhost" : config.host;
  return `${config.tlsCert === undefined ? "http" : "https"}://${host}:${port}`;
}
