import { randomInt } from "node:crypto";
import { deriveKey, keyedDigest } from "@cairn/ledger";

/** Bytes of an id's mark: one in 16 million numbers that were not given passes for one that was. */
const MARK_BYTES = 3;
const MARKS = 2 ** (8 * MARK_BYTES);
/** As many as leave room for the mark in a number that every JSON reader holds. */
const NUMBERS = 2 ** 29;

/**
 * Ids of acknowledgement. One is given once its events are durable, so every id that was given is acknowledged, however often
 * the server was started since. Nothing is kept to know them by: an id is a number and a mark that only this server can
 * make, for one sender and channel.
 */
export class Acknowledgements {
  private readonly key: Uint8Array;
  private next = randomInt(NUMBERS);

  constructor(serverSecret: Uint8Array) {
    this.key = deriveKey(serverSecret, "splunk-hec-acknowledgements");
  }

  /** Gives the id of a delivery that is durable. */
  give(senderId: string, channel: string): number {
    this.next = (this.next + 1) % NUMBERS;
    return this.next * MARKS + this.markOf(this.next, `${senderId}/${channel.toLowerCase()}`);
  }

  isAcknowledged(senderId: string, channel: string, id: number): boolean {
    if (id < 0) return false;
    const number = Math.floor(id / MARKS);
    return id % MARKS === this.markOf(number, `${senderId}/${channel.toLowerCase()}`);
  }

  private markOf(number: number, channel: string): number {
    return keyedDigest(this.key, `${number}\0${channel}`, MARK_BYTES).readUIntBE(0, MARK_BYTES);
  }
}
