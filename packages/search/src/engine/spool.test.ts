import { mkdtemp, open, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createSpool, type SpoolOptions } from "./spool.ts";

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "cairn-spool-"));
});
afterEach(() => rm(directory, { recursive: true, force: true }));

const spoolWith = (options: Partial<SpoolOptions> = {}) =>
  createSpool(directory, { insertBytes: 1_000_000, spoolBytes: 2_000_000, ...options });
const bodyOf = (...chunks: readonly Buffer[]) => Readable.from(chunks, { objectMode: false });
const none = Buffer.alloc(0);

describe("createSpool", () => {
  test("writes head and body to one file, and removes it", async () => {
    const rows = await spoolWith().write(Buffer.from("head "), bodyOf(Buffer.from("bo"), Buffer.from("dy")));
    expect(await readFile(rows.path, "utf8")).toBe("head body");
    expect(rows.byteLength).toBe(9);
    await rows.remove();
    expect(await readdir(directory)).toEqual([]);
  });

  test("refuses a body that is too long and leaves its source open for the answer", async () => {
    const source = bodyOf(Buffer.alloc(600_000), Buffer.alloc(600_000), Buffer.alloc(600_000));
    await expect(spoolWith().write(none, source)).rejects.toMatchObject({ code: 307, status: 413 });
    expect(source.destroyed).toBe(false);
    expect(await readdir(directory)).toEqual([]);
  });

  test("bounds all bodies together, and counts removed ones no more", async () => {
    const spool = spoolWith();
    const held = [
      await spool.write(Buffer.alloc(900_000), undefined),
      await spool.write(Buffer.alloc(900_000), undefined),
    ];
    await expect(spool.write(Buffer.alloc(900_000), undefined)).rejects.toMatchObject({ code: 202, status: 503 });
    await Promise.all(held.map((rows) => rows.remove()));
    await Promise.all(held.map((rows) => rows.remove()));
    expect((await spool.write(Buffer.alloc(900_000), undefined)).byteLength).toBe(900_000);
  });

  test("removes the file of an upload that breaks off", async () => {
    const source = new Readable({
      read() {
        this.push(Buffer.alloc(100_000));
        this.destroy(new Error("broken off"));
      },
    });
    await expect(spoolWith().write(none, source)).rejects.toThrow("broken off");
    expect(await readdir(directory)).toEqual([]);
  });

  test("says when the disk is full", async () => {
    const openFull: typeof open = async (...args) => {
      const file = await open(...args);
      file.writeFile = () => Promise.reject(Object.assign(new Error("ENOSPC"), { code: "ENOSPC" }));
      return file;
    };
    await expect(spoolWith({ open: openFull }).write(Buffer.from("x"), undefined)).rejects.toMatchObject({
      code: 243,
      status: 507,
    });
    expect(await readdir(directory)).toEqual([]);
  });
});
