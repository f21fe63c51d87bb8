import { CairnError } from "@cairn/event";
import type { EngineConnection, IndexDatabase } from "@cairn/search";
import type { IndexProgress } from "../threads/index-api.ts";

/** Where search is, for whoever waits for it. */
export interface Place {
  readonly tenantNo: number;
  readonly ledger: number;
  readonly sequence: number;
}

interface Waiter extends Place {
  resolve(): void;
}

/** What the main thread knows of the index: how far it is, and how to ask it. */
export class SearchService {
  private readonly cursors = new Map<number, { readonly ledger: number; readonly sequence: number }>();
  private waiters: Waiter[] = [];
  private lag = 0;
  private rebuildLag: number | undefined;
  private hasReported = false;
  private hasCaughtUp = false;
  private database: IndexDatabase | undefined;
  private connection: EngineConnection | undefined;
  private lastError: string | undefined;

  /** The engine answers and its tables are there. */
  open(database: IndexDatabase, connection: EngineConnection): void {
    this.database = database;
    this.connection = connection;
    // The index thread may have said so before, and says nothing more until there is something new.
    if (this.hasReported && this.lag === 0) this.hasCaughtUp = true;
  }

  /** The index has moved on. */
  progress({ cursors, lagEvents, rebuildEvents }: IndexProgress): void {
    for (const { tenantNo, ledger, sequence } of cursors) this.cursors.set(tenantNo, { ledger, sequence });
    this.lag = lagEvents;
    this.rebuildLag = rebuildEvents;
    this.hasReported = true;
    // Told what is missing, too: that something was done is told by what moved, or by nothing being left to do.
    if (cursors.length > 0 || lagEvents === 0) this.lastError = undefined;
    if (lagEvents === 0 && this.database !== undefined) this.hasCaughtUp = true;
    const left = this.waiters.filter((waiter) => {
      if (!this.covers(waiter)) return true;
      waiter.resolve();
      return false;
    });
    this.waiters = left;
  }

  /** The index could not be followed. Tells whether that is news. */
  failed(message: string): boolean {
    const isNews = this.lastError !== message;
    this.lastError = message;
    return isNews;
  }

  /** The index to ask. @throws CairnError index_unavailable while there is none */
  index(): IndexDatabase {
    if (this.database === undefined)
      throw new CairnError("index_unavailable", "search is starting", { retryAfterSeconds: 2 });
    return this.database;
  }

  /** How others than this service reach the engine; undefined while it is starting. */
  engine(): EngineConnection | undefined {
    return this.connection;
  }

  /** First place of a tenant's log that search does not show yet. */
  asOf(tenantNo: number): { readonly ledger: number; readonly sequence: number } {
    return this.cursors.get(tenantNo) ?? { ledger: 1, sequence: 0 };
  }

  /** Waits until search finds an event. @throws CairnError wait_timeout */
  covering(place: Place, timeoutMs: number): Promise<void> {
    if (this.covers(place)) return Promise.resolve();
    return new Promise((resolve, reject) => {
      const waiter: Waiter = {
        ...place,
        resolve() {
          clearTimeout(timer);
          resolve();
        },
      };
      const timer = setTimeout(() => {
        this.waiters = this.waiters.filter((each) => each !== waiter);
        reject(new CairnError("wait_timeout", "search does not find the event yet", { retryAfterSeconds: 1 }));
      }, timeoutMs);
      this.waiters.push(waiter);
    });
  }

  isReady(): boolean {
    return this.hasCaughtUp && this.lastError === undefined;
  }

  lagEvents(): number {
    return this.lag;
  }

  /** Events that the index which is being built beside lacks; undefined while none is. */
  rebuildEvents(): number | undefined {
    return this.rebuildLag;
  }

  private covers({ tenantNo, ledger, sequence }: Place): boolean {
    const cursor = this.cursors.get(tenantNo);
    return cursor !== undefined && (cursor.ledger > ledger || (cursor.ledger === ledger && cursor.sequence > sequence));
  }
}
