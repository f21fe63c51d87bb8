import { readdir, symlink, writeFile } from "node:fs/promises";
import { describe, expect, test } from "vitest";
import { runCli } from "../command/run-cli.ts";
import { buildBundle, proofFile } from "../testing/build-bundle.ts";
import { buildLog } from "../testing/build-log.ts";
import { captureIo } from "../testing/capture-io.ts";
import { packTar, writeFiles } from "../testing/memory-files.ts";
import { temporaryDirectory } from "../testing/temporary-directory.ts";
import type { VerifyReport } from "./report.ts";
import { verifyCommand } from "./verify-command.ts";

const BUNDLE = buildBundle({ kind: "full", size: 300, chosen: [1, 2, 299], oldSizes: [100] });
const KEYS = ["--key", BUNDLE.eventLog.vkey, "--key", BUNDLE.controlLog.vkey];

async function run(argv: readonly string[], env: Readonly<Record<string, string>> = {}) {
  const io = captureIo({ env });
  const code = await runCli(["verify", ...argv], [verifyCommand], io);
  return { code, out: io.out(), err: io.err() };
}

describe("cairn verify", () => {
  test("verifies a directory and a tar of it, by keys", async () => {
    await using directory = await temporaryDirectory();
    await writeFiles(directory.file("bundle"), BUNDLE.files);
    await writeFile(directory.file("bundle.tar"), packTar(BUNDLE.files));
    for (const path of ["bundle", "bundle.tar"]) {
      const { code, out } = await run([directory.file(path), ...KEYS]);
      expect(out).toMatch(/VERIFIED\n$/);
      expect(code).toBe(0);
    }
    // It reads only.
    expect((await readdir(directory.path)).sort()).toEqual(["bundle", "bundle.tar"]);
  });

  test("by a policy, by known checkpoints, by the environment", async () => {
    await using directory = await temporaryDirectory();
    await writeFiles(directory.path, BUNDLE.files);
    await writeFile(directory.file("mine"), BUNDLE.eventLog.checkpoint(77));
    await writeFile(directory.file("mine.control"), BUNDLE.controlLog.checkpoint(1));
    await writeFile(directory.file("policy"), BUNDLE.files.get("policy.txt") ?? "");
    const bundle = directory.file("bundle");
    await writeFiles(bundle, BUNDLE.files);
    const known = ["mine", "mine.control"].flatMap((file) => ["--known-checkpoint", directory.file(file)]);
    expect((await run([bundle, ...known])).code).toBe(0);
    expect((await run([bundle, "--policy", directory.file("policy")])).code).toBe(0);
    const vkeys = `${BUNDLE.eventLog.vkey}\n${BUNDLE.controlLog.vkey}`;
    expect((await run([bundle], { CAIRN_VKEY: vkeys, CAIRN_KEY: "cairn_not_a_vkey" })).code).toBe(0);
  });

  test("without a key says by whom it is signed, and exits with 3", async () => {
    await using directory = await temporaryDirectory();
    await writeFiles(directory.path, BUNDLE.files);
    const { code, out } = await run([directory.path]);
    expect(code).toBe(3);
    expect(out).toContain("self-consistent, signer not checked");
    expect(out).toContain(BUNDLE.eventLog.vkey);
  });

  test("a finding stands on a line: code, file, index, sentence", async () => {
    await using directory = await temporaryDirectory();
    const files = new Map(BUNDLE.files);
    const entries = Buffer.from(files.get("tile/entries/000") ?? "");
    entries.writeUInt8(entries.readUInt8(44 * 7 + 20) ^ 1, 44 * 7 + 20);
    await writeFiles(directory.path, files.set("tile/entries/000", entries));
    const { code, out } = await run([directory.path, ...KEYS]);
    expect(code).toBe(1);
    expect(out.split("\n")).toEqual(
      expect.arrayContaining([
        expect.stringMatching(/^file_digest: tile\/entries\/000: /),
        expect.stringMatching(/^root_mismatch: checkpoint: /),
        expect.stringMatching(/^entry_altered: tile\/entries\/000\[7\]: /),
      ]),
    );
    const json = JSON.parse((await run([directory.path, ...KEYS, "--json"])).out) as VerifyReport;
    expect(json.result).toBe("wrong");
    expect(json.findings).toContainEqual(expect.objectContaining({ code: "entry_altered", index: 7 }));
  });

  test("a link in the directory is a finding", async () => {
    await using directory = await temporaryDirectory();
    await writeFiles(directory.path, BUNDLE.files);
    await symlink("checkpoint", directory.file("link"));
    expect((await run([directory.path, ...KEYS])).out).toMatch(/^file_irregular: link: /m);
  });

  test.each(["random", "text", "empty", "cut"])("%s in place of a tar is wrong, not a crash", async (kind) => {
    await using directory = await temporaryDirectory();
    const tar = packTar(BUNDLE.files);
    const bytes = {
      random: Buffer.alloc(5_000, 0xa5),
      text: Buffer.from("hello\n".repeat(500)),
      empty: Buffer.alloc(0),
      cut: tar.subarray(0, tar.length - 5_000),
    }[kind];
    await writeFile(directory.file("x"), bytes ?? "");
    const { code, out } = await run([directory.file("x")]);
    expect(code).toBe(1);
    expect(out).toMatch(/^malformed_tar: /);
  });

  test("an empty directory is no bundle", async () => {
    await using directory = await temporaryDirectory();
    const { code, out } = await run([directory.path]);
    expect(code).toBe(1);
    expect(out).toMatch(/^manifest_missing: /);
  });

  test("a flipped bit anywhere in a tar is found", async () => {
    await using directory = await temporaryDirectory();
    const small = buildBundle({ kind: "full", size: 3, chosen: [1] });
    const keys = ["--key", small.eventLog.vkey, "--key", small.controlLog.vkey];
    const tar = packTar(small.files);
    for (let i = 0; i < 120; i++) {
      const at = (i * 7_919 + 13) % tar.length;
      const flipped = Uint8Array.from(tar);
      flipped[at] = (flipped[at] ?? 0) ^ (1 << (i % 8));
      await writeFile(directory.file("x.tar"), flipped);
      expect((await run([directory.file("x.tar"), ...keys])).code, `byte ${at}`).toBe(1);
    }
  });

  test("a single proof", async () => {
    await using directory = await temporaryDirectory();
    const [, proof] = proofFile(7, BUNDLE.eventLog);
    await writeFile(directory.file("7.tlog-proof"), proof);
    await writeFile(directory.file("known"), BUNDLE.eventLog.checkpoint(300));
    await writeFile(directory.file("other"), BUNDLE.controlLog.checkpoint(1));
    const path = directory.file("7.tlog-proof");
    expect((await run([path, "--key", BUNDLE.eventLog.vkey])).code).toBe(0);
    expect((await run([path, "--known-checkpoint", directory.file("known")])).code).toBe(0);
    expect((await run([path])).code).toBe(3);
    expect((await run([path, "--key", BUNDLE.controlLog.vkey])).code).toBe(3);
    expect((await run([path, "--key", buildLog("other/log", []).vkey])).out).toMatch(/^pin_other_log: /);
    expect((await run([path, "--known-checkpoint", directory.file("other")])).code).toBe(1);
    const bad = Buffer.from(proof);
    bad.write("index 8", bad.indexOf("index 7"));
    await writeFile(path, bad);
    expect((await run([path, "--key", BUNDLE.eventLog.vkey])).out).toMatch(/^root_mismatch: /);
  });

  test.each([
    [[], /give one path/],
    [["a", "b"], /give one path/],
    [["a", "--keys", "x"], /no option --keys; did you mean --key\?/],
    [["a", "--key"], /--key needs a value/],
    [["a", "--key", "nonsense"], /vkey is malformed/],
    [["a", "--json=yes"], /takes no value/],
  ])("%j is a usage error", async (argv, message) => {
    const { code, err } = await run(argv);
    expect(code).toBe(2);
    expect(err).toMatch(message);
  });

  test("a path that is not there", async () => {
    const { code, err } = await run(["/nonexistent/bundle"]);
    expect(code).toBe(1);
    expect(err).toContain("/nonexistent/bundle");
  });
});
