import { randomBytes } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { LedgerError } from "../error.ts";
import { writeFileDurably } from "../storage/write-file.ts";
import { KEY_BYTES } from "./seal.ts";

/**
 * The instance keys, which wrap the tenants' keys, newest first. There are two only while a rotation is under way: what is
 * wrapped under the older one is being wrapped anew.
 */
export interface InstanceKeys {
  all(): readonly Uint8Array[];
  /** Reads the file again: another thread, or a command, may have rotated. */
  reload(): readonly Uint8Array[];
  /** Replaces the file durably. */
  write(keys: readonly Uint8Array[]): void;
}

/** Opens the file of the instance keys, one a line in base64; makes the first key if asked to. */
export function openInstanceKeys(path: string, create: "when-missing" | "never"): InstanceKeys {
  if (create === "when-missing" && !existsSync(path)) writeSecrets(path, [randomBytes(KEY_BYTES)]);
  let keys = readSecrets(path);
  return {
    all: () => keys,
    reload() {
      keys = readSecrets(path);
      return keys;
    },
    write(next) {
      writeSecrets(path, next);
      keys = next;
    },
  };
}

/** Reads a file of secrets, one a line. @throws LedgerError state_mismatch when it is missing; corrupt */
export function readSecrets(path: string): readonly Uint8Array[] {
  if (!existsSync(path)) {
    throw new LedgerError(
      "state_mismatch",
      `${path} is missing: the data directory has no meaning without its state directory; restore it from its backup`,
    );
  }
  const secrets = readFileSync(path, "utf8")
    .trim()
    .split("\n")
    .map((line) => Buffer.from(line, "base64"));
  if (secrets.length > 2 || secrets.some((secret) => secret.length !== KEY_BYTES))
    throw new LedgerError("corrupt", `${path} is not a key of ${KEY_BYTES} bytes in base64`);
  return secrets;
}

/** Writes a file of secrets that only its owner may read. */
export function writeSecrets(path: string, secrets: readonly Uint8Array[]): void {
  writeFileDurably(path, secrets.map((secret) => `${Buffer.from(secret).toString("base64")}\n`).join(""), 0o600);
}
