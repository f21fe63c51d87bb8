import type { Identifier, PersonMention } from "@cairn/event";
import { RecentMap } from "../storage/recent-map.ts";

/** People a thread remembers, over all tenants: about 200 bytes each. */
const MAX_REMEMBERED = 400_000;

/**
 * What a thread knows of the subject directory. A miss is answered by the writer, which makes new subjects durable
 * before their first event can be committed.
 */
export class PeopleCache {
  private readonly refs = new RecentMap<string, string>(MAX_REMEMBERED);

  get(tenantNo: number, person: Pick<PersonMention, "identifiers">): string | undefined {
    return this.refs.get(keyOf(tenantNo, person.identifiers));
  }

  set(tenantNo: number, identifiers: readonly Identifier[], ref: string): void {
    this.refs.set(keyOf(tenantNo, identifiers), ref);
  }

  /** Forgets everything: a subject was erased or merged. */
  clear(): void {
    this.refs.clear();
  }
}

function keyOf(tenantNo: number, identifiers: readonly Identifier[]): string {
  let key = String(tenantNo);
  for (const { namespace, value } of identifiers) key += `\u0000${namespace}\u0000${value}`;
  return key;
}

/** The keeper of addresses and agents of unknown people, a new one each month. */
export function monthIdentifier(occurredAt: string): Identifier {
  return { namespace: "month", value: occurredAt.slice(0, 7) };
}
