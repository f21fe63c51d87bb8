/** Which of a tenant's logs, as `tenant()` tells its id. */
export interface LogId {
  /** `log.id` of the tenant. */
  readonly id: string;
  readonly kind?: "event" | "control";
  /** An earlier epoch; the present one when absent. */
  readonly ledger?: number;
}

/** A tenant and its logs. */
export interface TenantInfo {
  readonly tenant: string;
  readonly project: string;
  readonly log: {
    readonly id: string;
    /** Origin of the event log; the control log's has `/control` behind it. */
    readonly origin: string;
    readonly vkey: string;
    readonly control_vkey: string;
    /** Epoch, from 1. */
    readonly ledger: number;
    /** Events committed. */
    readonly size: number;
    /** Events under the newest signed checkpoint. */
    readonly checkpoint_size: number;
  };
}

/** Gives the path of a file of a log below the server's URL: C2SP tlog-tiles. */
export function logFilePath(log: LogId, file: string): string {
  const epoch = log.ledger === undefined ? "" : `/e${log.ledger}`;
  const kind = log.kind === "control" ? "/control" : "";
  return `/log/${encodeURIComponent(log.id)}${epoch}${kind}/${file}`;
}
