import { availableParallelism } from "node:os";
import { MessageChannel, type MessagePort, Worker } from "node:worker_threads";
import type { Paths } from "@cairn/ledger";
import type { IngestApi } from "../ingest/ingest-api.ts";
import type { ExportApi, ExportNews } from "./export-api.ts";
import type { IndexApi, IndexNews } from "./index-api.ts";
import { onDemand } from "./on-demand.ts";
import type { ReaderApi } from "./reader-api.ts";
import { poolReaders, type ReaderPool } from "./reader-pool.ts";
import { type Caller, type Client, connect, serve } from "./rpc.ts";
import type { SealerApi, SealerNews } from "./sealer-api.ts";
import type { SegmentApi } from "./segment-thread.ts";
import type { WriterApi } from "./writer-api.ts";

/**
 * Size of a thread's young generation: a batch and everything made of it dies young, and a nursery that holds a few batches
 * spares copying them. What a mapping makes of a batch is several times what was sent.
 */
const NURSERY_MIB = 32;
const INGEST_NURSERY_MIB = 96;

/** A page of events that lie far apart takes several threads a part of the time: they wait for the disk side by side. */
const READER_THREADS = 3;

/** The threads of a running server, as the main thread sees them. */
export interface Threads {
  readonly writer: Client<WriterApi>;
  readonly sealer: Client<SealerApi>;
  readonly segmenter: Client<SegmentApi>;
  readonly index: Client<IndexApi>;
  readonly exporter: Caller<ExportApi>;
  readonly ingest: readonly Client<IngestApi>[];
  readonly reader: ReaderPool;
  /** Stops in the order in which work flows: nothing accepted is left behind. */
  stop(): Promise<void>;
}

export interface StartOptions {
  readonly paths: Paths;
  readonly ingestThreads?: number;
  readonly news: SealerNews;
  readonly indexNews: IndexNews;
  readonly exportNews: ExportNews;
  /** A thread died: the server cannot be trusted any more. */
  readonly onCrash: (name: string, error: Error) => void;
}

/** Starts every thread and joins them by ports. */
export async function startThreads(options: StartOptions): Promise<Threads> {
  const { paths } = options;
  const crew = new Crew(paths, options.onCrash);
  const toSealer = new MessageChannel();
  const toIndex = new MessageChannel();
  const writer = crew.start("writer", { sealer: toSealer.port1, index: toIndex.port1 });
  const writerClient = connect<WriterApi>(writer);
  const portToWriter = (): MessagePort => {
    const channel = new MessageChannel();
    writer.postMessage({ call: 0, name: "connect", argument: { port: channel.port1 } }, [channel.port1]);
    return channel.port2;
  };
  const sealer = crew.start("sealer", { writer: portToWriter() });
  serve(sealer, options.news);
  sealer.postMessage({ call: 0, name: "connect", argument: { port: toSealer.port2 } }, [toSealer.port2]);
  const index = crew.start("index", { writer: portToWriter() });
  serve(index, options.indexNews);
  index.postMessage({ call: 0, name: "connect", argument: { port: toIndex.port2 } }, [toIndex.port2]);
  const startExporter = (): Client<ExportApi> => {
    const exporter = crew.start("export", {});
    serve(exporter, options.exportNews);
    return connect<ExportApi>(exporter);
  };
  const segmenter = crew.start("segment", { writer: portToWriter() });
  const count = options.ingestThreads ?? Math.max(1, availableParallelism() - 1);
  const ingest = Array.from({ length: count }, () => crew.start("ingest", { writer: portToWriter() }));
  const startReader = () => connect<ReaderApi>(crew.start("reader", { writer: portToWriter() }));
  const threads: Threads = {
    writer: writerClient,
    sealer: connect<SealerApi>(sealer),
    segmenter: connect<SegmentApi>(segmenter),
    index: connect<IndexApi>(index),
    exporter: onDemand(startExporter, "run"),
    ingest: ingest.map((worker) => connect<IngestApi>(worker, "gathered")),
    reader: poolReaders(startReader, READER_THREADS),
    async stop() {
      await threads.sealer.call("close", undefined);
      await threads.segmenter.call("close", undefined);
      await threads.index.call("close", undefined);
      await threads.exporter.call("close", undefined);
      await writerClient.call("close", undefined);
      await crew.stop();
    },
  };
  // A thread that cannot open its files fails its first call.
  await writerClient.call("metrics", undefined);
  return threads;
}

class Crew {
  private readonly workers: Worker[] = [];
  private isStopping = false;
  private readonly paths: Paths;
  private readonly onCrash: StartOptions["onCrash"];

  constructor(paths: Paths, onCrash: StartOptions["onCrash"]) {
    this.paths = paths;
    this.onCrash = onCrash;
  }

  start(name: string, ports: Record<string, MessagePort>): Worker {
    const worker = new Worker(new URL(`./${name}-thread.ts`, import.meta.url), {
      name,
      workerData: { paths: this.paths, ports },
      transferList: Object.values(ports),
      resourceLimits: { maxYoungGenerationSizeMb: name === "ingest" ? INGEST_NURSERY_MIB : NURSERY_MIB },
    });
    worker.on("error", (error: Error) => this.onCrash(name, error));
    worker.on("exit", (code) => {
      if (!this.isStopping) this.onCrash(name, new Error(`the ${name} thread ended with code ${code}`));
    });
    this.workers.push(worker);
    return worker;
  }

  async stop(): Promise<void> {
    this.isStopping = true;
    await Promise.all(this.workers.map((worker) => worker.terminate()));
  }
}
