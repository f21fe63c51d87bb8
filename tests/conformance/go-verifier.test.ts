import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { type Disclosure, formatProofExtra, formatTlogProof, parseProofExtra, parseTlogProof } from "@cairn/merkle";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type BundleDirectory, openBundleDirectory } from "./bundle-directory.ts";
import { type CairnServer, startCairn } from "./cairn-server.ts";
import { flips, forgeCheckpoint, withFlippedRoot, withSwappedEntries } from "./damage.ts";
import { findDebianGo } from "./debian-go.ts";
import { recordGenerated, recordPeople, recordSmall } from "./recording.ts";
import { createTenantClient, type LogInfo, type TenantClient } from "./tenant-client.ts";
import { cairnVerify, runGoVerifier } from "./verifiers.ts";

const SOURCE = fileURLToPath(new URL("./go-verifier", import.meta.url));
/** Two segments of 65,536 and more, a tile of level 2 with two hashes, and partial tiles of every level. */
const GENERATED_BATCHES = 8;
const SMALL_BATCHES = 126;
const SETUP_TIMEOUT_MS = 300_000;
const SEGMENT_TIMEOUT_MS = 60_000;
/** Bits flipped in each file of a bundle, one at a time: of a short run, and of a long campaign. */
const FLIPS = process.env.CAIRN_CAMPAIGN === "long" ? 3 : 1;

const go = await findDebianGo();
if (!go.ok) console.warn(`SKIPPED, no independent check of what Cairn writes: ${go.reason}`);

/** A tenant, what it is reached by, and the newest state of its log. */
interface Tenant {
  readonly client: TenantClient;
  readonly log: LogInfo;
}

describe.skipIf(!go.ok)("a verifier in Go, built from Debian's packages alone,", () => {
  let directory: string;
  let server: CairnServer;
  let acme: Tenant;
  let globex: Tenant;
  let early: string;

  const keysOf = ({ vkey, control_vkey }: LogInfo) => ["-key", vkey, "-control-key", control_vkey];
  const verify = (...args: readonly string[]) => runGoVerifier(join(directory, "go-verifier"), args);

  beforeAll(async () => {
    directory = mkdtempSync(join(tmpdir(), "cairn-go-verifier-"));
    if (go.ok) await go.build(SOURCE, join(directory, "go-verifier"));
    server = await startCairn();
    const client = createTenantClient(server.url, await server.createKey("acme"));
    const other = createTenantClient(server.url, await server.createKey("globex"));
    await Promise.all([recordGenerated(client, GENERATED_BATCHES), recordPeople(other, "before")]);
    await client.sealed();
    early = join(directory, "early-checkpoint");
    writeFileSync(early, await client.text(`${await client.logUrl()}/checkpoint`));
    await Promise.all([recordSmall(client, SMALL_BATCHES, "small"), recordPeople(other, "after")]);
    acme = { client, log: await client.sealed() };
    globex = { client: other, log: await other.sealed() };
    await waitForSegments(join(server.dataDir, "blobs", "segments"), 2);
  }, SETUP_TIMEOUT_MS);

  afterAll(async () => {
    await server.stop();
    rmSync(directory, { recursive: true, force: true });
  });

  test("verifies a log of two segments and three levels of tiles over HTTP", async () => {
    expect(acme.log.size).toBeGreaterThan((GENERATED_BATCHES + SMALL_BATCHES) * 1_000);
    const url = await acme.client.logUrl();
    const result = await verify(...keysOf(acme.log), "-bearer", acme.client.key, "-known", early, "-url", url);
    expect(result).toMatchObject({ code: 0, findings: [] });
    expect(result.stdout).toContain(`${acme.log.origin}, ${acme.log.size} entries, 1 control entries`);
  });

  test("verifies every tenant by its own keys only", async () => {
    const url = await globex.client.logUrl();
    const bearer = ["-bearer", globex.client.key];
    expect(await verify(...keysOf(globex.log), ...bearer, "-url", url)).toMatchObject({ code: 0 });
    const others = await verify(...keysOf(acme.log), ...bearer, "-url", url);
    expect(others).toMatchObject({ code: 1, findings: ["checkpoint", "control/checkpoint"] });
    const stranger = await verify(...keysOf(globex.log), "-bearer", acme.client.key, "-url", url);
    expect(stranger.code).toBe(1);
    expect(stranger.stderr).toContain("404");
  });

  test("verifies a log that grows meanwhile", async () => {
    const client = createTenantClient(server.url, await server.createKey("initech"));
    const log = await client.sealed();
    const args = [...keysOf(log), "-bearer", client.key, "-url", await client.logUrl()];
    let isGrowing = true;
    const grow = async () => {
      try {
        for (let i = 0; i < 8; i++) await Promise.all([recordSmall(client, 1, `late-${i}`), sleep(300)]);
      } finally {
        isGrowing = false;
      }
    };
    const watch = async () => {
      while (isGrowing) expect(await verify(...args)).toMatchObject({ code: 0, findings: [] });
    };
    await Promise.all([grow(), watch()]);
  });

  test("finds that a log was rewritten since a checkpoint was kept", async () => {
    const kept = join(directory, "kept-checkpoint");
    writeFileSync(
      kept,
      forgeCheckpoint(server.dataDir, await globex.client.text(`${await globex.client.logUrl()}/checkpoint`)),
    );
    const args = [...keysOf(globex.log), "-bearer", globex.client.key, "-url", await globex.client.logUrl()];
    const result = await verify(...args, "-known", kept);
    expect(result).toMatchObject({ code: 1, findings: ["checkpoint"] });
  });

  describe.each(["full", "compact"] as const)("of a %s bundle", (kind) => {
    let bundle: BundleDirectory;
    const check = () => verify(...keysOf(globex.log), bundle.path);

    /** Both verifiers refuse the bundle as it lies there. */
    async function expectRefused(what: string): Promise<void> {
      const { code } = await check();
      expect(code, `${what}, by the Go verifier`).toBe(1);
      expect(await cairnVerify(bundle.path, globex.log), `${what}, by cairn verify`).toBe(1);
    }

    beforeAll(async () => {
      const order = { q: "action:patient.record.printed", kind, directory: join(directory, `globex-${kind}`) };
      bundle = openBundleDirectory(await globex.client.exportEvidence(order));
    }, SETUP_TIMEOUT_MS);

    test("that is honest finds nothing, like `cairn verify`", async () => {
      const result = await check();
      expect(result).toMatchObject({ code: 0, findings: [] });
      expect(result.stdout).toContain("16 events disclosed");
      expect(await cairnVerify(bundle.path, globex.log)).toBe(0);
      expect((await verify(...keysOf(acme.log), bundle.path)).code).toBe(1);
      await bundle.changed(new Map(), "forger", async () => expect((await check()).code).toBe(0));
    });

    test("misses no flipped bit in any file", async () => {
      for (const [name, bytes] of bundle.files) {
        for (const [i, flipped] of flips(bytes, FLIPS).entries()) {
          const change = new Map([[name, flipped]]);
          // The digests tell of every accident alike: one for each file will do.
          if (i === 0 || name === "manifest.json")
            await bundle.changed(change, "accident", () => expectRefused(`a flip in ${name}`));
          if (name === "manifest.json") continue;
          await bundle.changed(change, "forger", () => expectRefused(`a forger's flip in ${name}`));
        }
      }
    });

    test("misses no file that was deleted", async () => {
      for (const name of bundle.files.keys()) {
        const change = new Map([[name, undefined]]);
        await bundle.changed(change, "accident", () => expectRefused(`without ${name}`));
        // With a manifest written anew, a bundle without an older checkpoint says less, and nothing wrong.
        if (name === "manifest.json" || name.includes("old/checkpoint.")) continue;
        await bundle.changed(change, "forger", () => expectRefused(`without ${name}, by a forger`));
      }
    });

    test("misses no line that was swapped with another, left out or repeated", async () => {
      const lines = bundle.files.get("events.ndjson")!.toString().split("\n").slice(0, -1);
      const [first = "", second = ""] = lines;
      const swapped = [
        first.replace(/"sequence":\d+/, /"sequence":\d+/.exec(second)![0]),
        second.replace(/"sequence":\d+/, /"sequence":\d+/.exec(first)![0]),
      ];
      for (const changed of [[...swapped, ...lines.slice(2)], lines.slice(1), [first, ...lines]]) {
        const change = new Map([["events.ndjson", Buffer.from(`${changed.join("\n")}\n`)]]);
        await bundle.changed(change, "forger", () => expectRefused("other lines"));
      }
    });
  });

  test("verifies the proof of one event, and misses no flipped bit in it", async () => {
    const order = { q: "id:before-0", kind: "compact", directory: join(directory, "single") } as const;
    const { files } = openBundleDirectory(await globex.client.exportEvidence(order));
    const [[name, bytes] = ["", Buffer.alloc(0)]] = [...files].filter(([each]) => each.startsWith("proofs/"));
    const { disclosure } = JSON.parse(String(files.get("events.ndjson"))) as { disclosure: Disclosure };
    const proof = parseTlogProof(bytes);
    const { entry } = parseProofExtra(proof.extra!);
    const whole = formatTlogProof({ ...proof, extra: formatProofExtra({ entry, disclosure }) });
    const path = join(directory, basename(name));
    writeFileSync(path, whole);
    expect(await verify("-key", globex.log.vkey, path)).toMatchObject({ code: 0 });
    expect(await cairnVerify(path, globex.log)).toBe(0);
    for (const flipped of flips(whole, 40)) {
      writeFileSync(path, flipped);
      expect((await verify("-key", globex.log.vkey, path)).code).toBe(1);
      expect(await cairnVerify(path, globex.log)).toBe(1);
    }
  });

  describe("of a full bundle of many events", () => {
    let bundle: BundleDirectory;
    const check = () => verify(...keysOf(acme.log), bundle.path);

    beforeAll(async () => {
      const order = { q: "action:user.created", kind: "full", directory: join(directory, "acme-full") } as const;
      bundle = openBundleDirectory(await acme.client.exportEvidence(order));
    }, SETUP_TIMEOUT_MS);

    test("that is honest finds nothing, like `cairn verify`", async () => {
      expect(await check()).toMatchObject({ code: 0, findings: [] });
      expect(await verify(...keysOf(acme.log), "-known", early, bundle.path)).toMatchObject({ code: 0 });
      expect(await cairnVerify(bundle.path, acme.log)).toBe(0);
      expect([...bundle.files.keys()]).toContain("tile/2/000.p/2");
    });

    test("names every tile that was altered, and every one that is missing", async () => {
      const tiles = [...bundle.files].filter(([name]) => /^tile\/\d/.test(name));
      expect(tiles.length).toBeGreaterThan(500);
      const names = tiles.map(([name]) => name).sort();
      const flipped = new Map(tiles.map(([name, bytes]) => [name, [...flips(bytes, 3)].at(-1)]));
      const missing = new Map(tiles.map(([name]) => [name, undefined]));
      for (const change of [flipped, missing]) {
        await bundle.changed(change, "forger", async () => expect((await check()).findings.toSorted()).toEqual(names));
      }
    });

    test("names every bundle of entries of which one was altered, by the tile that differs", async () => {
      const entries = [...bundle.files].filter(([name]) => name.startsWith("tile/entries/"));
      const change = new Map(entries.map(([name, bytes]) => [name, withFlippedRoot(bytes)]));
      await bundle.changed(change, "forger", async () => {
        const expected = ["checkpoint", ...entries.map(([name]) => name.replace("entries", "0"))];
        expect((await check()).findings).toEqual(expect.arrayContaining(expected));
      });
    });

    test("finds two entries that were swapped", async () => {
      const change = new Map([["tile/entries/300", withSwappedEntries(bundle.files.get("tile/entries/300")!)]]);
      await bundle.changed(change, "forger", async () => {
        expect((await check()).findings).toEqual(expect.arrayContaining(["checkpoint", "tile/0/300"]));
        expect(await cairnVerify(bundle.path, acme.log)).toBe(1);
      });
    });
  });

  test("of a compact bundle of many events checks the older checkpoints in it", async () => {
    const order = { q: "action:user.created", kind: "compact", directory: join(directory, "acme-compact") } as const;
    const bundle = openBundleDirectory(await acme.client.exportEvidence(order));
    const check = () => verify(...keysOf(acme.log), bundle.path);
    expect(await check()).toMatchObject({ code: 0, findings: [] });
    expect(await cairnVerify(bundle.path, acme.log)).toBe(0);
    const older = [...bundle.files].filter(([name]) => name.startsWith("old/"));
    expect(older.map(([name]) => name)).toContainEqual(expect.stringMatching(/^old\/\d+\.consistency$/));
    for (const [name, bytes] of older) {
      for (const changed of [...flips(bytes, FLIPS), bytes.subarray(0, -45)]) {
        await bundle.changed(new Map([[name, changed]]), "forger", async () => {
          expect(await check()).toMatchObject({ code: 1 });
          expect(await cairnVerify(bundle.path, acme.log)).toBe(1);
        });
      }
    }
    // There is no proof from a checkpoint that the bundle knows nothing of.
    expect(await verify(...keysOf(acme.log), "-known", early, bundle.path)).toMatchObject({ code: 1 });
  });

  test("says that it was used wrongly", async () => {
    expect((await verify()).code).toBe(2);
    expect((await verify(...keysOf(acme.log))).code).toBe(2);
    expect((await verify("-key", acme.log.vkey, "-control-key", globex.log.control_vkey, directory)).code).toBe(2);
    expect((await verify(...keysOf(globex.log), "-known", early, directory)).code).toBe(2);
  });
});

async function waitForSegments(path: string, count: number): Promise<void> {
  for (const deadline = Date.now() + SEGMENT_TIMEOUT_MS; Date.now() < deadline; await sleep(100)) {
    const files = existsSync(path) ? readdirSync(path, { recursive: true }) : [];
    if (files.filter((name) => String(name).endsWith(".seg")).length >= count) return;
  }
  throw new Error(`there were not ${count} segments in time`);
}
