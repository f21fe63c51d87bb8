import { join } from "node:path";
import { MerkleError, parsePolicy, parseVkey, type Vkey } from "@cairn/merkle";
import type { TenantInfo } from "@cairn/sdk";
import { CliFailure } from "../command/failure.ts";
import { UsageError } from "../command/usage-error.ts";
import { readIfThere } from "../files/read-if-there.ts";
import { writeDurably } from "../files/write-durably.ts";

/** The keys that a watch believes: given on the command line, or those of its first look, kept ever since. */
export interface PinnedKeys {
  readonly vkeys: readonly Vkey[];
  /** Whether they were taken from the server just now, which trusts it once. */
  readonly isFirstUse: boolean;
}

const POLICY_FILE = "policy.txt";

/** Gives the keys to believe. Throws `UsageError` for a key that is none. */
export async function pinKeys(
  directory: string,
  given: readonly string[],
  fetchTenant: () => Promise<TenantInfo>,
): Promise<PinnedKeys> {
  if (given.length > 0) {
    const vkeys = given.map(parseGiven);
    await writePolicy(directory, given);
    return { vkeys, isFirstUse: false };
  }
  const kept = await readPolicy(join(directory, POLICY_FILE));
  if (kept !== undefined) return { vkeys: kept, isFirstUse: false };
  const { log } = await fetchTenant();
  const texts = [log.vkey, log.control_vkey];
  const vkeys = texts.map(parseGiven);
  await writePolicy(directory, texts);
  return { vkeys, isFirstUse: true };
}

function parseGiven(text: string): Vkey {
  try {
    return parseVkey(text.trim());
  } catch (error) {
    if (error instanceof MerkleError) throw new UsageError(`${JSON.stringify(text)}: ${error.message}`);
    throw error;
  }
}

/** A C2SP tlog-policy, so that `cairn verify --policy` takes it as it is. */
async function writePolicy(directory: string, vkeys: readonly string[]): Promise<void> {
  const lines = [...vkeys.map((vkey) => `log ${vkey.trim()}`), "quorum none"];
  await writeDurably(join(directory, POLICY_FILE), `${lines.join("\n")}\n`);
}

async function readPolicy(path: string): Promise<readonly Vkey[] | undefined> {
  const text = await readIfThere(path);
  try {
    return text === undefined ? undefined : parsePolicy(text).logs.map(({ vkey }) => vkey);
  } catch (error) {
    if (error instanceof MerkleError) throw new CliFailure(`${path} is damaged: ${error.message}`, { cause: error });
    throw error;
  }
}
