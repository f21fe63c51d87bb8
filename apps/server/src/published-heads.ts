import { CairnError } from "@cairn/event";
import { EVENT_LOG, type LogKind } from "@cairn/ledger";
import type { PublishedHead } from "./threads/sealer-api.ts";

interface Waiter {
  readonly sequence: number;
  resolve(head: PublishedHead): void;
}

/**
 * The checkpoints that the world may see: durable in the database and in the guard. Everything that shows a checkpoint
 * takes it from here, never from the database.
 */
export class PublishedHeads {
  private readonly heads = new Map<string, PublishedHead>();
  private eventEntries = 0;
  private readonly waiters = new Map<string, Waiter[]>();

  publish(heads: readonly PublishedHead[]): void {
    for (const head of heads) {
      const key = keyOf(head.tenantNo, head.log, head.ledger);
      if (head.log === EVENT_LOG) this.eventEntries += head.size - (this.heads.get(key)?.size ?? 0);
      this.heads.set(key, head);
      const waiting = this.waiters.get(key);
      if (waiting === undefined) continue;
      const left = waiting.filter((waiter) => {
        if (head.size <= waiter.sequence) return true;
        waiter.resolve(head);
        return false;
      });
      if (left.length === 0) this.waiters.delete(key);
      else this.waiters.set(key, left);
    }
  }

  /** Entries of event logs under a published checkpoint, all together. */
  get coveredEvents(): number {
    return this.eventEntries;
  }

  get(tenantNo: number, log: LogKind, ledger: number): PublishedHead | undefined {
    return this.heads.get(keyOf(tenantNo, log, ledger));
  }

  /** Waits until an event is under a checkpoint. @throws CairnError wait_timeout */
  async covering(
    place: { readonly tenantNo: number; readonly ledger: number; readonly sequence: number },
    timeoutMs: number,
  ): Promise<PublishedHead> {
    const key = keyOf(place.tenantNo, EVENT_LOG, place.ledger);
    const head = this.heads.get(key);
    if (head !== undefined && head.size > place.sequence) return head;
    return new Promise((resolve, reject) => {
      const waiter: Waiter = {
        sequence: place.sequence,
        resolve(covering) {
          clearTimeout(timer);
          resolve(covering);
        },
      };
      const timer = setTimeout(() => {
        this.waiters.set(
          key,
          (this.waiters.get(key) ?? []).filter((each) => each !== waiter),
        );
        reject(new CairnError("wait_timeout", "no checkpoint covers the event yet", { retryAfterSeconds: 1 }));
      }, timeoutMs);
      this.waiters.set(key, [...(this.waiters.get(key) ?? []), waiter]);
    });
  }
}

function keyOf(tenantNo: number, log: LogKind, ledger: number): string {
  return `${tenantNo}/${log}/${ledger}`;
}
