import type { Vkey } from "../note/vkey.ts";

/** A log that the policy accepts. */
export interface PolicyLog {
  /** Its name is the log's origin. */
  readonly vkey: Vkey;
  readonly url: string | undefined;
}

/** A witness that the policy knows. */
export interface PolicyWitness {
  /** Name within the policy, not the key's. */
  readonly name: string;
  readonly vkey: Vkey;
  readonly url: string | undefined;
}

/** A group of witnesses and groups: it has witnessed what `threshold` of its members have. */
export interface PolicyGroup {
  readonly name: string;
  readonly threshold: number;
  readonly members: readonly string[];
}

/** What makes a checkpoint acceptable: C2SP tlog-policy. */
export interface Policy {
  readonly logs: readonly PolicyLog[];
  readonly witnesses: readonly PolicyWitness[];
  /** In order of definition: members come before the groups they are in. */
  readonly groups: readonly PolicyGroup[];
  /** Name of the witness or group that must have cosigned; undefined when none need have. */
  readonly quorum: string | undefined;
}

/** Tells whether the witnesses named have the quorum. */
export function isQuorum(policy: Policy, witnessed: ReadonlySet<string>): boolean {
  const met = new Set(witnessed);
  for (const group of policy.groups) {
    if (group.members.filter((member) => met.has(member)).length >= group.threshold) met.add(group.name);
  }
  return policy.quorum === undefined || met.has(policy.quorum);
}
