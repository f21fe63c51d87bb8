import { writeFile } from "node:fs/promises";
import { describe, expect, test } from "vitest";
import { packTar, tarHeader } from "../testing/memory-files.ts";
import { temporaryDirectory } from "../testing/temporary-directory.ts";
import { openTar } from "./open-tar.ts";
import { safePath } from "./safe-path.ts";
import { TarError } from "./tar-header.ts";
import { indexTar } from "./tar-index.ts";

function index(archive: Uint8Array) {
  return indexTar({
    size: archive.length,
    read: (offset, length) => Promise.resolve(archive.subarray(offset, offset + length)),
  });
}

function block(text: string | Uint8Array): Buffer {
  const bytes = Buffer.from(text);
  return Buffer.concat([bytes, Buffer.alloc((512 - (bytes.length % 512)) % 512)]);
}

const END = Buffer.alloc(1_024);

describe("indexTar", () => {
  const files = new Map([
    ["checkpoint", Buffer.from("hello")],
    ["tile/entries/x001/000", Buffer.alloc(512, 7)],
    ["empty", Buffer.alloc(0)],
  ]);

  test("finds files and where they begin", async () => {
    const archive = packTar(files);
    const found = await index(archive);
    for (const [path, bytes] of files) {
      const { offset = -1, size = -1 } = found.get(path) ?? {};
      expect(Buffer.from(archive.subarray(offset, offset + size))).toEqual(bytes);
    }
    expect(found.size).toBe(files.size);
  });

  test("reads what it finds", async () => {
    await using directory = await temporaryDirectory();
    const large = new Map(files).set("large", Buffer.alloc(3_000_000, 9));
    await writeFile(directory.file("a.tar"), packTar(large));
    const opened = await openTar(directory.file("a.tar"));
    for (const [path, bytes] of large) expect(Buffer.compare(await opened.read(path), bytes)).toBe(0);
    await opened.close();
  });

  test("takes directories, ./ and extended headers as tar programs write them", async () => {
    const longPath = `${"d/".repeat(100)}file`;
    const record = `path=${longPath}\n`;
    const pax = `${record.length + 4} ${record}`;
    expect(pax.length).toBe(record.length + 4);
    const found = await index(
      Buffer.concat([
        tarHeader({ path: "./", size: 0, type: "5" }),
        tarHeader({ path: "./a", size: 1, type: "0" }),
        block("1"),
        tarHeader({ path: "PaxHeader", size: pax.length, type: "x" }),
        block(pax),
        tarHeader({ path: "short", size: 2, type: "0" }),
        block("22"),
        tarHeader({ path: "././@LongLink", size: longPath.length + 2, type: "L" }),
        block(`${longPath}2\0`),
        tarHeader({ path: "short", size: 3, type: "0" }),
        block("333"),
        END,
      ]),
    );
    expect([...found].map(([path, { size }]) => [path, size])).toEqual([
      ["a", 1],
      [longPath, 2],
      [`${longPath}2`, 3],
    ]);
  });

  test.each(["/etc/passwd", "../x", "a/../../x", "a//b", "C:\\x", "a\\b", "..", "a/.", "con./x", "a\nb"])(
    "refuses the path %j",
    async (path) => {
      const archive = Buffer.concat([tarHeader({ path, size: 0, type: "0" }), END]);
      await expect(index(archive)).rejects.toThrow(TarError);
    },
  );

  test.each([
    ["symbolic link", "2"],
    ["hard link", "1"],
    ["device", "3"],
    ["fifo", "6"],
    ["sparse file", "S"],
    ["global header", "g"],
  ])("refuses a %s", async (_, type) => {
    await expect(index(Buffer.concat([tarHeader({ path: "a", size: 0, type }), END]))).rejects.toThrow(TarError);
  });

  test("refuses a path that occurs twice, also in another spelling", async () => {
    const header = (path: string) => tarHeader({ path, size: 0, type: "0" });
    await expect(index(Buffer.concat([header("a"), header("./a"), END]))).rejects.toThrow(/twice/);
  });

  test("finds a flipped bit anywhere but in the files' own bytes", async () => {
    const archive = packTar(new Map([["a", Buffer.from("12345")]]));
    const unseen: number[] = [];
    for (let bit = 0; bit < archive.length * 8; bit++) {
      const at = bit >> 3;
      if (at >= 512 && at < 517) continue;
      const flipped = Uint8Array.from(archive);
      flipped[at] = (flipped[at] ?? 0) ^ (1 << (bit & 7));
      const isFound = await index(flipped).then(
        () => false,
        (error: unknown) => error instanceof TarError,
      );
      if (!isFound) unseen.push(bit);
    }
    expect(unseen).toEqual([]);
  });

  test("refuses an archive cut short anywhere", async () => {
    const archive = packTar(new Map([["a", Buffer.from("12345")]]));
    for (const length of [0, 1, 511, 512, 516, 1_023, 1_024]) {
      await expect(index(archive.subarray(0, length)), `${length} bytes`).rejects.toThrow(TarError);
    }
  });
});

describe("safePath", () => {
  test("keeps what is plain", () => {
    expect(safePath("tile/entries/x001/x234/067.p/112")).toBe("tile/entries/x001/x234/067.p/112");
    expect(safePath("././a/b/")).toBe("a/b");
  });
});
