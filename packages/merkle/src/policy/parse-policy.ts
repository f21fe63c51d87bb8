import { bytesEqual } from "../bytes/compare.ts";
import { decodeUtf8, encodeUtf8 } from "../bytes/utf8.ts";
import { MerkleError } from "../error.ts";
import { parseVkey, SIGNATURE_TYPE, type Vkey } from "../note/vkey.ts";
import type { Policy, PolicyGroup, PolicyLog, PolicyWitness } from "./policy.ts";

/** Longest policy read: 32 ML-DSA keys with their names are 60 kB. */
const MAX_POLICY_BYTES = 1 << 20;
/** Most logs, witnesses and groups, each: C2SP asks for at least 32. */
const MAX_DEFINITIONS = 1024;
/** The quorum of a policy that wants no cosignature; nothing else can have the name. */
const NONE = "none";

const WITNESS_TYPES: readonly number[] = [SIGNATURE_TYPE.ed25519Cosignature, SIGNATURE_TYPE.mlDsa44Cosignature];

/** A policy half read; only `readLine` changes it. */
interface Draft {
  readonly logs: PolicyLog[];
  readonly witnesses: PolicyWitness[];
  readonly groups: PolicyGroup[];
  readonly names: Set<string>;
  /** Names that are already in a group: each can be in one. */
  readonly grouped: Set<string>;
  quorum: { readonly name: string | undefined } | undefined;
}

/** Reads a policy file: C2SP tlog-policy. Throws `malformed_policy` with the line (0-based) as position. */
export function parsePolicy(policy: Uint8Array | string): Policy {
  const draft: Draft = {
    logs: [],
    witnesses: [],
    groups: [],
    names: new Set(),
    grouped: new Set(),
    quorum: undefined,
  };
  for (const [position, line] of decode(policy).split("\n").entries()) {
    const items = line.split(/[ \t]+/).filter((item) => item !== "");
    if (items.length === 0 || items[0]?.startsWith("#")) continue;
    try {
      readLine(items, draft);
    } catch (cause) {
      if (!(cause instanceof MerkleError)) throw cause;
      const message = `line ${position + 1} of the policy: ${cause.message}`;
      throw new MerkleError("malformed_policy", message, { position, cause });
    }
  }
  if (draft.quorum === undefined) throw malformed("the policy has no quorum line");
  return { logs: draft.logs, witnesses: draft.witnesses, groups: draft.groups, quorum: draft.quorum.name };
}

function decode(policy: Uint8Array | string): string {
  if (policy.length > MAX_POLICY_BYTES) throw malformed(`the policy has more than ${MAX_POLICY_BYTES} bytes`);
  const bytes = typeof policy === "string" ? bytesOf(policy) : policy;
  if (bytes.some((byte) => byte === 0x7f || (byte < 0x20 && byte !== 0x09 && byte !== 0x0a))) {
    throw malformed("the policy has a control character");
  }
  try {
    return decodeUtf8(bytes);
  } catch {
    // Names and comments may be any octets: one character for each keeps distinct names distinct.
    return new TextDecoder("latin1").decode(bytes);
  }
}

function bytesOf(policy: string): Uint8Array {
  try {
    return encodeUtf8(policy);
  } catch (cause) {
    throw new MerkleError("malformed_policy", "the policy has a lone surrogate", { cause });
  }
}

function readLine(items: readonly string[], draft: Draft): void {
  const [keyword, ...rest] = items;
  switch (keyword) {
    case "log":
      readLog(rest, draft);
      break;
    case "witness":
      readWitness(rest, draft);
      break;
    case "group":
      readGroup(rest, draft);
      break;
    case "quorum":
      readQuorum(rest, draft);
      break;
    default:
      throw malformed("it begins with neither log, witness, group nor quorum");
  }
}

function readLog(items: readonly string[], draft: Draft): void {
  const [key, url] = items;
  if (key === undefined || items.length > 2) throw malformed("a log is: log <vkey> [<url>]");
  const vkey = parseVkey(key);
  if (vkey.type === SIGNATURE_TYPE.ed25519Cosignature) throw malformed("the key is a witness's, not a log's");
  addKeyed(draft.logs, { vkey, url });
}

function readWitness(items: readonly string[], draft: Draft): void {
  const [name, key, url] = items;
  if (name === undefined || key === undefined || items.length > 3) {
    throw malformed("a witness is: witness <name> <vkey> [<url>]");
  }
  const vkey = parseVkey(key);
  if (!WITNESS_TYPES.includes(vkey.type)) throw malformed("the key is not of a cosigner");
  addKeyed(draft.witnesses, { name, vkey, url });
  define(name, draft);
}

function readGroup(items: readonly string[], draft: Draft): void {
  const [name, rule, ...members] = items;
  if (name === undefined || rule === undefined || members.length === 0) {
    throw malformed("a group is: group <name> all|any|<k> <name>…");
  }
  for (const member of members) {
    if (!draft.names.has(member)) throw malformed(`${member} is not defined above`);
    if (draft.grouped.has(member)) throw malformed(`${member} is in a group already`);
    draft.grouped.add(member);
  }
  addLimited(draft.groups, { name, threshold: thresholdOf(rule, members.length), members });
  define(name, draft);
}

function thresholdOf(rule: string, memberCount: number): number {
  if (rule === "all") return memberCount;
  if (rule === "any") return 1;
  const threshold = /^[1-9][0-9]{0,3}$/.test(rule) ? Number(rule) : 0;
  if (threshold < 1 || threshold > memberCount) {
    throw malformed(`the threshold is neither all, any nor a number from 1 to ${memberCount}`);
  }
  return threshold;
}

function readQuorum(items: readonly string[], draft: Draft): void {
  const [name] = items;
  if (name === undefined || items.length > 1) throw malformed("a quorum is: quorum <name>|none");
  if (draft.quorum !== undefined) throw malformed("there is a second quorum line");
  if (name !== NONE && !draft.names.has(name)) throw malformed(`${name} is not defined above`);
  draft.quorum = { name: name === NONE ? undefined : name };
}

function define(name: string, draft: Draft): void {
  if (name === NONE || draft.names.has(name)) throw malformed(`the name ${name} is taken`);
  draft.names.add(name);
}

/** Adds a log or witness unless its public key is there already, under whatever name. */
function addKeyed<T extends { readonly vkey: Vkey }>(list: T[], item: T): void {
  if (list.some(({ vkey }) => bytesEqual(vkey.publicKey, item.vkey.publicKey))) {
    throw malformed("the public key is there already");
  }
  addLimited(list, item);
}

function addLimited<T>(list: T[], item: T): void {
  if (list.length >= MAX_DEFINITIONS) throw malformed(`there are more than ${MAX_DEFINITIONS} of a kind`);
  list.push(item);
}

function malformed(why: string): MerkleError {
  return new MerkleError("malformed_policy", why);
}
