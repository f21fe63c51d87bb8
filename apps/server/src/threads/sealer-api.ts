import type { LogKind, LogState } from "@cairn/ledger";

/** What the sealer thread does for the others. */
export interface SealerApi {
  [name: string]: (argument: never) => unknown;
  /** These logs have grown. */
  committed(news: { readonly logs: readonly LogState[] }): void;
  /** Somebody waits for this log's next checkpoint. */
  hurry(request: { readonly tenantNo: number; readonly log: LogKind }): void;
  /** Seals everything that is committed. */
  sealAll(nothing: undefined): Promise<void>;
  close(nothing: undefined): Promise<void>;
}

/** What the sealer tells the main thread. */
export interface SealerNews {
  [name: string]: (argument: never) => unknown;
  /** New heads, durable here and in the guard: they may be shown to the world. */
  published(heads: readonly PublishedHead[]): void;
  /** The ledger cannot go on signing. */
  stopped(why: { readonly message: string }): void;
}

export interface PublishedHead {
  readonly tenantNo: number;
  readonly log: LogKind;
  readonly ledger: number;
  readonly size: number;
  readonly note: string;
}
