import { randomUUIDv7 } from "node:crypto";
import { mkdirSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { CairnError } from "@cairn/event";
import type { ReaderSide } from "@cairn/ledger";
import type { Logger } from "pino";
import { asCairnError } from "../http/errors.ts";
import type { SearchService } from "../search/search-service.ts";
import type { ExportApi } from "../threads/export-api.ts";
import type { Caller } from "../threads/rpc.ts";
import { type AnnouncedEvidence, type AnnounceParts, announceEvidence, evidenceBasis } from "./announce-evidence.ts";
import type { ExportOrder } from "./export-request.ts";
import { type ExportOutcome, type ExportState, ExportStore, type StoredExport } from "./export-store.ts";
import { exportFileName } from "./file-name.ts";
import { JobQueue, type QueuedJob } from "./job-queue.ts";
import { EXPORT_LIMITS } from "./limits.ts";
import type { LiveProgress } from "./live-progress.ts";

/** How often expired exports are looked for. */
const SWEEP_MS = 60_000;
/** How long one wait for search lasts; then it is looked whether the job is still wanted. */
const COVER_MS = 2_000;
/** Codes of errors that pass: the job is started again. */
const PASSING: ReadonlySet<string> = new Set(["index_unavailable"]);
/** Waits before a job is started again. */
const AGAIN_MS = 10_000;

/** What exports are made with. */
export interface ExportParts extends AnnounceParts {
  readonly side: ReaderSide;
  readonly thread: Caller<ExportApi>;
  readonly search: SearchService;
  readonly live: LiveProgress;
  readonly log: Logger;
}

/** Takes orders for exports, has them made, and keeps them until they expire. */
export class ExportService {
  private readonly parts: ExportParts;
  private readonly store: ExportStore;
  private readonly queue = new JobQueue((job) => this.work(job));
  /** Jobs that are being deleted: nothing may write them down any more. */
  private readonly unwanted = new Set<string>();
  private sweeper: NodeJS.Timeout | undefined;
  private isStopping = false;

  constructor(parts: ExportParts) {
    this.parts = parts;
    this.store = new ExportStore(parts.side, parts.writer);
  }

  /** Begins to work: the search engine is there. Takes up what an earlier run of the server left unfinished. */
  begin(): void {
    if (this.isStopping) return;
    const { exports: directory } = this.parts.side.paths;
    mkdirSync(directory, { recursive: true, mode: 0o700 });
    const known = this.store.ids();
    for (const name of readdirSync(directory)) if (!known.has(name)) this.removeFiles(name);
    for (const job of this.store.unfinished()) this.queue.add(job);
    this.queue.open();
    this.sweeper = setInterval(() => void this.sweep(), SWEEP_MS);
    void this.sweep();
  }

  /** Ends what runs, to be taken up by the next run of the server. */
  async stop(): Promise<void> {
    this.isStopping = true;
    clearInterval(this.sweeper);
    this.queue.close();
    await Promise.all(this.queue.runningIds().map((id) => this.end(id)));
  }

  /** Takes an order. @throws CairnError too_many_requests */
  async create(order: ExportOrder): Promise<StoredExport> {
    const { tenantNo } = order.scope;
    if (this.store.count(tenantNo) >= EXPORT_LIMITS.perTenant) {
      throw new CairnError("too_many_requests", `there are ${EXPORT_LIMITS.perTenant} exports; delete some first`, {
        retryAfterSeconds: SWEEP_MS / 1_000,
      });
    }
    const job: StoredExport = {
      id: randomUUIDv7(),
      tenantNo,
      createdAtMs: order.nowMs,
      state: "queued",
      order,
      outcome: { done: 0, total: 0, starts: 0 },
    };
    await this.store.save(job);
    this.queue.add(job);
    return job;
  }

  /** A tenant's export as it stands; undefined when the tenant has none by this id. */
  find(tenantNo: number, id: string): StoredExport | undefined {
    const job = this.unwanted.has(id) ? undefined : this.store.find(tenantNo, id);
    return job && this.withProgress(job);
  }

  /** Whose export has this id, for those who may name any of a project's tenants. */
  tenantNoOf(id: string): number | undefined {
    return this.store.tenantNoOf(id);
  }

  /** A tenant's exports, newest first. */
  list(tenantNo: number): StoredExport[] {
    return this.store
      .list(tenantNo)
      .filter(({ id }) => !this.unwanted.has(id))
      .map((job) => this.withProgress(job));
  }

  /** Where the file of a finished export lies. */
  pathOf(job: StoredExport): string | undefined {
    const { file } = job.outcome;
    return file === undefined ? undefined : join(this.directoryOf(job.id), file.name);
  }

  /** Ends and forgets an export, and removes its file. Downloads under way go on: an open file stays readable. */
  async delete(id: string): Promise<void> {
    this.unwanted.add(id);
    try {
      await this.end(id);
      await this.store.delete(id);
      this.removeFiles(id);
      this.parts.live.forget(id);
    } finally {
      this.unwanted.delete(id);
    }
  }

  private async end(id: string): Promise<void> {
    await this.parts.thread.call("cancel", { id });
    await this.queue.remove(id);
  }

  private withProgress(job: StoredExport): StoredExport {
    const progress = job.state === "running" ? this.parts.live.get(job.id) : undefined;
    return progress === undefined ? job : { ...job, outcome: { ...job.outcome, ...progress } };
  }

  private isWanted(id: string): boolean {
    return !this.isStopping && !this.unwanted.has(id);
  }

  private async work({ id, tenantNo }: QueuedJob): Promise<void> {
    const job = this.store.find(tenantNo, id);
    if (job === undefined) return;
    const starts = job.outcome.starts + 1;
    try {
      if (starts > EXPORT_LIMITS.starts) throw new Error(`export ${id} was started ${starts - 1} times in vain`);
      await this.covered(job);
      if (!this.isWanted(id)) return;
      const announced = await this.announce(job);
      const begun = { done: 0, total: 0, starts, ...(announced === undefined ? {} : { announced }) };
      await this.settle(job, "running", begun);
      const basis = announced && (await evidenceBasis(this.parts, { order: job.order, announced }));
      if (!this.isWanted(id)) return;
      const engine = this.parts.search.engine();
      if (engine === undefined) throw new Error("BUG: an export before search began");
      const file = await this.parts.thread.call("run", {
        ...{ id, engine, order: job.order },
        directory: this.emptyDirectory(id),
        fileName: exportFileName(job.order.request, job.order.nowMs),
        ...(basis === undefined ? {} : { basis }),
      });
      await this.settle(job, "done", { ...begun, ...this.parts.live.get(id), file });
    } catch (error) {
      await this.failed(job, starts, error);
    } finally {
      this.parts.live.forget(id);
    }
  }

  /** Waits until search finds everything that was recorded when the export was asked for. */
  private async covered(job: StoredExport): Promise<void> {
    const { tenantNo, asOf } = job.order.scope;
    while (asOf.sequence >= 0 && this.isWanted(job.id)) {
      const isThere = await this.parts.search.covering({ tenantNo, ...asOf }, COVER_MS).then(
        () => true,
        () => false,
      );
      if (isThere) return;
    }
  }

  /** Evidence is announced before it is made, and once: a second start finds the first one's word. */
  private async announce(job: StoredExport): Promise<AnnouncedEvidence | undefined> {
    if (job.order.request.format !== "evidence") return undefined;
    return job.outcome.announced ?? announceEvidence(this.parts, job);
  }

  private async failed(job: StoredExport, starts: number, error: unknown): Promise<void> {
    if (this.unwanted.has(job.id)) return;
    this.removeFiles(job.id);
    const { announced } = this.store.find(job.tenantNo, job.id)?.outcome ?? {};
    const outcome = { done: 0, total: 0, starts, ...(announced === undefined ? {} : { announced }) };
    // Ended by a stop of the server: that start does not count.
    if (this.isStopping) return this.settle(job, "queued", { ...outcome, starts: starts - 1 });
    const { code, message } = asCairnError(error);
    this.parts.log.warn({ export: job.id, code }, `an export failed: ${message}`);
    if (PASSING.has(code) && starts < EXPORT_LIMITS.starts) {
      await this.settle(job, "queued", outcome);
      setTimeout(() => this.isWanted(job.id) && this.queue.add(job), AGAIN_MS).unref();
    } else await this.settle(job, "failed", { ...outcome, error: { code, message } });
  }

  private async settle(job: StoredExport, state: ExportState, outcome: ExportOutcome): Promise<void> {
    if (!this.unwanted.has(job.id)) await this.store.save({ ...job, state, outcome });
  }

  private async sweep(): Promise<void> {
    try {
      for (const { id } of this.store.madeBefore(Date.now() - EXPORT_LIMITS.keepMs)) await this.delete(id);
    } catch (error) {
      this.parts.log.warn({ err: error }, "expired exports could not be removed; it will be tried again");
    }
  }

  private directoryOf(id: string): string {
    return join(this.parts.side.paths.exports, id);
  }

  private emptyDirectory(id: string): string {
    this.removeFiles(id);
    const directory = this.directoryOf(id);
    mkdirSync(directory, { mode: 0o700 });
    return directory;
  }

  private removeFiles(id: string): void {
    rmSync(this.directoryOf(id), { recursive: true, force: true });
  }
}
