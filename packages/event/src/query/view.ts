import type { EventPrincipal } from "../model/event.ts";
import { type IpHex, ipHex } from "./ip.ts";
import { eachLeaf } from "./leaves.ts";
import { type Observed, placeOf } from "./observed.ts";
import { refsIn, toWords } from "./words.ts";

/** One searchable value of `details`, `labels` or `changes`. */
export interface Leaf {
  readonly path: string;
  /** As {@link toWords} writes it. */
  readonly words: string;
  readonly number: number;
}

/**
 * An event with what matching needs worked out on first use, so that a hundred rules over one event take it apart once.
 * Words are in the form of {@link toWords}.
 */
export class EventView {
  readonly event: Observed;
  private memo: {
    leaves?: readonly Leaf[];
    texts?: readonly string[];
    people?: readonly string[];
    targetNames?: readonly string[];
    ip?: IpHex | undefined;
    occurredMs?: number;
    receivedMs?: number;
  } = {};
  private words = new Map<string, string>();

  constructor(event: Observed) {
    this.event = event;
  }

  get occurredMs(): number {
    this.memo.occurredMs ??= Date.parse(this.event.core.occurred_at);
    return this.memo.occurredMs;
  }

  get receivedMs(): number {
    this.memo.receivedMs ??= Date.parse(this.event.received_at);
    return this.memo.receivedMs;
  }

  get ip(): IpHex | undefined {
    if (!("ip" in this.memo)) {
      const text = placeOf(this.event, "ip");
      this.memo.ip = text === undefined ? undefined : ipHex(text);
    }
    return this.memo.ip;
  }

  /** The words of a text of this event, worked out once. */
  wordsOf(text: string | undefined): string {
    if (text === undefined) return "";
    let words = this.words.get(text);
    if (words === undefined) {
      words = toWords(text);
      this.words.set(text, words);
    }
    return words;
  }

  get leaves(): readonly Leaf[] {
    if (this.memo.leaves === undefined) {
      const leaves: Leaf[] = [];
      eachLeaf(this.event.core, (path, text, number) => leaves.push({ path, words: this.wordsOf(text), number }));
      this.memo.leaves = leaves;
    }
    return this.memo.leaves;
  }

  get targetNames(): readonly string[] {
    this.memo.targetNames ??= (this.event.core.targets ?? []).map((target) => this.wordsOf(target.name));
    return this.memo.targetNames;
  }

  /** Every text that free words look in. */
  get texts(): readonly string[] {
    this.memo.texts ??= this.collectTexts();
    return this.memo.texts;
  }

  private collectTexts(): string[] {
    const { core } = this.event;
    const texts = [core.description, core.action, core.outcome.reason, core.source_action].map((text) =>
      this.wordsOf(text),
    );
    for (const principal of principals(core.actor, core.actor.on_behalf_of)) {
      texts.push(this.wordsOf(principal.id), this.wordsOf(principal.name), this.wordsOf(principal.email));
    }
    texts.push(...this.targetNames);
    for (const target of core.targets ?? []) texts.push(this.wordsOf(target.id), this.wordsOf(target.type));
    for (const leaf of this.leaves) texts.push(leaf.words);
    return texts.filter((words) => words !== "");
  }

  /** References of every person of the event: acting, acted for, acted on, or mentioned where free words look. */
  get people(): readonly string[] {
    if (this.memo.people === undefined) {
      const { core } = this.event;
      const people = new Set<string>();
      for (const { ref } of principals(core.actor, core.actor.on_behalf_of)) if (ref !== undefined) people.add(ref);
      for (const { ref } of core.targets ?? []) if (ref !== undefined) people.add(ref);
      for (const text of this.texts) for (const ref of refsIn(text)) people.add(ref);
      this.memo.people = [...people];
    }
    return this.memo.people;
  }
}

function principals(actor: EventPrincipal, behind: EventPrincipal | undefined): EventPrincipal[] {
  return behind === undefined ? [actor] : [actor, behind];
}
