import type { LogState } from "@cairn/ledger";
import type { EngineConnection } from "@cairn/search";
import type { SaidAbout } from "../subjects/said.ts";

/** What the index thread does for the others. */
export interface IndexApi {
  [name: string]: (argument: never) => unknown;
  /** Begins to follow; answers once the tables are there. */
  start(engine: EngineConnection): Promise<void>;
  /** These logs have grown. */
  committed(news: { readonly logs: readonly LogState[] }): void;
  /** Something was said about people, beside events. */
  said(about: SaidAbout): void;
  /** Begins to build the index anew from the ledger, beside the one in use, which it replaces when it has everything. */
  rebuild(nothing: undefined): void;
  close(nothing: undefined): Promise<void>;
}

/** What the index thread tells the main thread. */
export interface IndexNews {
  [name: string]: (argument: never) => unknown;
  indexed(news: IndexProgress): void;
  /** The index cannot be followed; the server goes on without search. */
  failed(why: { readonly message: string }): void;
}

export interface IndexProgress {
  /** First sequence that search does not show yet, of tenants that moved. */
  readonly cursors: readonly { readonly tenantNo: number; readonly ledger: number; readonly sequence: number }[];
  /** Events committed and not yet indexed, over all tenants. */
  readonly lagEvents: number;
  /** Events that the index which is being built beside lacks; undefined while none is. */
  readonly rebuildEvents?: number;
}
