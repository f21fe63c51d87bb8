import { RecentMap } from "@cairn/ledger";

/** Channels remembered: one a sender, some dozens of bytes each. */
const MAX_CHANNELS = 20_000;

/**
 * Ids of acknowledgement, counted from 0 in each channel. One is only given once its events are durable, so every id that was
 * given is acknowledged, and a channel is no more than its next number. One that was forgotten is told "not yet": the sender
 * sends again, which creates nothing.
 */
export class AckChannels {
  private readonly next = new RecentMap<string, number>(MAX_CHANNELS);

  /** Gives the id of a delivery that is durable. */
  give(senderId: string, channel: string): number {
    const key = keyOf(senderId, channel);
    const id = this.next.get(key) ?? 0;
    this.next.set(key, id + 1);
    return id;
  }

  isAcknowledged(senderId: string, channel: string, id: number): boolean {
    return id >= 0 && id < (this.next.get(keyOf(senderId, channel)) ?? 0);
  }
}

function keyOf(senderId: string, channel: string): string {
  return `${senderId}/${channel.toLowerCase()}`;
}
