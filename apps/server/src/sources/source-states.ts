import type { AccessChange, ReaderSide, Source } from "@cairn/ledger";
import type { Logger } from "pino";
import type { Client } from "../threads/rpc.ts";
import type { WriterApi } from "../threads/writer-api.ts";
import type { SourceState } from "./source-state.ts";

/** How long numbers may stay in memory: a crash loses counts of so long, never a checkpoint. */
const FLUSH_MS = 2_000;

type SourceRef = Pick<Source, "id" | "tenantNo">;

interface Unsaved {
  readonly source: SourceRef;
  readonly state: SourceState;
}

/** How far each source has come: numbers are written now and then, checkpoints at once. */
export class SourceStates {
  private readonly parts: {
    readonly side: Pick<ReaderSide, "access">;
    readonly writer: Pick<Client<WriterApi>, "call">;
    readonly log: Logger;
  };
  private readonly unsaved = new Map<string, Unsaved>();
  private timer: NodeJS.Timeout | undefined;

  constructor(parts: SourceStates["parts"]) {
    this.parts = parts;
  }

  get(id: string): SourceState {
    return this.unsaved.get(id)?.state ?? ((this.parts.side.access.sources.state(id) ?? {}) as SourceState);
  }

  /** Changes what is known; it is written soon. */
  update(source: SourceRef, change: (state: SourceState) => SourceState): void {
    this.unsaved.set(source.id, { source, state: change(this.get(source.id)) });
    this.timer ??= setTimeout(() => void this.flush(), FLUSH_MS).unref();
  }

  /** Changes what is known; settles once that would survive a crash. */
  async save(source: SourceRef, change: (state: SourceState) => SourceState): Promise<void> {
    const unsaved = { source, state: change(this.get(source.id)) };
    this.unsaved.set(source.id, unsaved);
    await this.write([unsaved]);
  }

  /** Forgets a source that was removed. */
  forget(id: string): void {
    this.unsaved.delete(id);
  }

  async stop(): Promise<void> {
    clearTimeout(this.timer);
    await this.flush();
  }

  private async flush(): Promise<void> {
    this.timer = undefined;
    try {
      await this.write([...this.unsaved.values()]);
    } catch (error) {
      this.parts.log.error({ err: error }, "how far sources have come could not be written; tried again");
      this.timer ??= setTimeout(() => void this.flush(), FLUSH_MS).unref();
    }
  }

  private async write(all: readonly Unsaved[]): Promise<void> {
    if (all.length === 0) return;
    const changes = all.map(
      ({ source, state }): AccessChange => ({ kind: "source_state", source, state: { ...state } }),
    );
    await this.parts.writer.call("changeAccess", { changes });
    // What came meanwhile is not written yet.
    for (const each of all) if (this.unsaved.get(each.source.id) === each) this.unsaved.delete(each.source.id);
  }
}
