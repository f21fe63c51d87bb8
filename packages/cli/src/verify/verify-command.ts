import { open, readFile, stat } from "node:fs/promises";
import { MAX_PROOF_BYTES, MerkleError, parsePolicy, parseVkey } from "@cairn/merkle";
import { defineCommand } from "../command/command.ts";
import { JSON_OPTION } from "../command/connection.ts";
import { EXIT } from "../command/exit-code.ts";
import { CliFailure } from "../command/failure.ts";
import { printable } from "../command/printable.ts";
import { UsageError } from "../command/usage-error.ts";
import type { BundleFiles } from "../files/bundle-files.ts";
import { openDirectory } from "../files/open-directory.ts";
import { openTar } from "../files/open-tar.ts";
import { TarError } from "../files/tar-header.ts";
import { createFindings } from "./finding.ts";
import { reportOf } from "./make-report.ts";
import { type Pins, parseKnownCheckpoint } from "./pins.ts";
import type { VerifyReport } from "./report.ts";
import { verifyBundle } from "./verify-bundle.ts";
import { verifyProofFile } from "./verify-proof-file.ts";

/** `cairn verify`: checks an evidence bundle or a proof, with no network and no account. */
export const verifyCommand = defineCommand({
  name: "verify",
  summary: "check an evidence bundle or a proof, offline",
  usage: "cairn verify PATH [--key V | --policy F | --known-checkpoint F]… [--json]",
  options: {
    key: { kind: "list", placeholder: "VKEY", description: "a key of the log that you trust", env: "CAIRN_VKEY" },
    policy: { kind: "list", placeholder: "FILE", description: "a C2SP tlog-policy that you trust" },
    "known-checkpoint": { kind: "list", placeholder: "FILE", description: "a checkpoint of the log that you kept" },
    ...JSON_OPTION,
  },
  notes: `
PATH is a bundle's directory, a tar of it, or a single .tlog-proof file.

Exit codes: 0 verified; 1 something is wrong, a finding on each line; 2 wrong usage; 3 consistent in itself, but nothing
given says that the right keys signed it.`,
  async act({ values, positionals, io }) {
    const [path, ...more] = positionals;
    if (path === undefined || more.length > 0) throw new UsageError("give one path");
    const pins = await readPins(values);
    const report = await verifyPath(path, pins);
    await io.stdout.write(values.json ? `${JSON.stringify(report)}\n` : describe(report));
    return EXIT_CODES[report.result];
  },
});

const EXIT_CODES = { verified: EXIT.done, wrong: EXIT.failed, unpinned: EXIT.unreachable } as const;

/** Verifies whatever is at a path: a bundle's directory, a tar of one, a proof. */
export async function verifyPath(path: string, pins: Pins): Promise<VerifyReport> {
  if ((await stat(path)).isDirectory()) return verifyFiles(await openDirectory(path), pins);
  if (await isProof(path)) return verifyProofFile(path, await readFile(path), pins);
  try {
    return await verifyFiles(await openTar(path), pins);
  } catch (error) {
    if (!(error instanceof TarError)) throw error;
    const findings = createFindings();
    findings.add({ code: "malformed_tar", file: path, message: error.message });
    return reportOf({}, { findings, pins });
  }
}

async function verifyFiles(files: BundleFiles, pins: Pins): Promise<VerifyReport> {
  try {
    return await verifyBundle(files, pins);
  } finally {
    await files.close();
  }
}

const PROOF_START = Buffer.from("c2sp.org/tlog-proof@");

async function isProof(path: string): Promise<boolean> {
  const handle = await open(path, "r");
  try {
    const start = Buffer.alloc(PROOF_START.length);
    await handle.read(start, 0, start.length, 0);
    return start.equals(PROOF_START) && (await handle.stat()).size <= MAX_PROOF_BYTES;
  } finally {
    await handle.close();
  }
}

async function readPins(values: {
  readonly key: readonly string[];
  readonly policy: readonly string[];
  readonly "known-checkpoint": readonly string[];
}): Promise<Pins> {
  return {
    vkeys: values.key.map((text) => parsed("--key", () => parseVkey(text.trim()))),
    policies: await Promise.all(
      values.policy.map(async (file) => {
        const bytes = await readFile(file);
        return parsed(file, () => parsePolicy(bytes));
      }),
    ),
    known: await Promise.all(
      values["known-checkpoint"].map(async (file) => {
        const bytes = await readFile(file);
        return parsed(file, () => parseKnownCheckpoint(file, bytes));
      }),
    ),
  };
}

function parsed<T>(where: string, parse: () => T): T {
  try {
    return parse();
  } catch (error) {
    if (error instanceof MerkleError) {
      throw new CliFailure(`${where}: ${error.message}`, { exitCode: EXIT.usage, cause: error });
    }
    throw error;
  }
}

/** Writes a report for a person: the verdict last, where it is seen. */
function describe(report: VerifyReport): string {
  const lines = report.findings.map(({ code, file, index, message }) => {
    const where = index === undefined ? file : `${file}[${index}]`;
    return printable(`${code}: ${where}: ${message}`);
  });
  if (report.isTruncated) lines.push("… and more findings than are listed");
  if (report.origin !== undefined) {
    const { events } = report;
    const counts = `${events.shown} shown, ${events.redacted} redacted, ${events.deleted} deleted`;
    lines.push(printable(`log ${report.origin}, ${report.size ?? "?"} entries; events of the bundle: ${counts}`));
  }
  if (report.controlEntries !== undefined) {
    const older = report.olderCheckpoints;
    lines.push(`control log: ${report.controlEntries} entries; older checkpoints compared: ${older}`);
  }
  for (const { log, vkey, isPinned } of report.signers) {
    lines.push(printable(`${log} log signed by ${vkey}${isPinned ? "" : " (not checked)"}`));
  }
  for (const note of report.notes) lines.push(printable(`note: ${note}`));
  lines.push(VERDICTS[report.result]);
  return `${lines.join("\n")}\n`;
}

const VERDICTS = {
  verified: "VERIFIED",
  wrong: "WRONG: see the findings above",
  unpinned: "self-consistent, signer not checked: compare the keys above with those you were given (--key, --policy)",
} as const;
