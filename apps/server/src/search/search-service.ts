/** Search as the features use it. */
export interface SearchService {
  /** Waits until search finds an event. @throws CairnError wait_timeout or index_unavailable */
  covering(
    place: { readonly tenantNo: number; readonly ledger: number; readonly sequence: number },
    timeoutMs: number,
  ): Promise<void>;
  /** Whether search answers and has caught up. */
  isReady(): boolean;
  /** Events committed and not yet searchable. */
  lagEvents(): number;
  stop(): Promise<void>;
}
