import { createHash, type Hash } from "node:crypto";
import {
  closeSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  readSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { LedgerError } from "../error.ts";
import { type CrashPoint, crashPoint } from "./crash-point.ts";

/** Facts about a blob once it is durable. */
export interface BlobInfo {
  readonly name: string;
  readonly bytes: number;
  readonly sha256: Uint8Array;
}

/** Writes one blob piece by piece; nothing can be read of it before `finish`. */
export interface BlobWriter {
  readonly position: number;
  write(bytes: Uint8Array): void;
  /** Makes the blob durable under its name: fsync, rename, fsync of the directory. */
  finish(): BlobInfo;
  abandon(): void;
}

/** A blob opened for reading. */
export interface BlobReader {
  readonly bytes: number;
  read(offset: number, length: number): Buffer;
  close(): void;
}

/** Immutable named bytes, to read. */
export interface BlobSource {
  open(name: string): BlobReader;
  /** Names of all finished blobs below a prefix. */
  list(prefix: string): string[];
  /** Names of all files, unfinished ones too. */
  listAll(): string[];
}

/** Immutable named bytes: segments and runs. Embedded: files below one directory. */
export interface Blobs extends BlobSource {
  create(name: string): BlobWriter;
  remove(name: string): void;
  /** Removes what a crash left half written. */
  sweepUnfinished(): void;
}

const UNFINISHED = ".tmp";

/** Opens the directory side of the door. Names are relative paths of our own making. */
export function openDirectoryBlobs(root: string): Blobs {
  mkdirSync(root, { recursive: true });
  return {
    ...openReadOnlyBlobs(root),
    create: (name) => createFile(root, name),
    remove(name) {
      rmSync(join(root, name), { force: true });
      syncDirectory(dirname(join(root, name)));
    },
    sweepUnfinished() {
      for (const name of readdirSync(root, { recursive: true, encoding: "utf8" })) {
        if (name.endsWith(UNFINISHED)) rmSync(join(root, name), { force: true });
      }
    },
  };
}

/** Opens the directory side for looking only: nothing is made that is not there. */
export function openReadOnlyBlobs(root: string): BlobSource {
  return {
    open: (name) => openFile(join(root, name)),
    list: (prefix) => listFiles(root, prefix).filter((name) => !name.endsWith(UNFINISHED)),
    listAll: () => listFiles(root, ""),
  };
}

function createFile(root: string, name: string): BlobWriter {
  const path = join(root, name);
  const directory = dirname(path);
  const kind = name.slice(0, name.indexOf("/"));
  const temporary = `${path}${UNFINISHED}`;
  const file = onDisk(name, () => {
    makeDirectories(root, directory);
    return openSync(temporary, "w", 0o600);
  });
  const hash: Hash = createHash("sha256");
  let position = 0;
  let isOpen = true;
  const close = (): void => {
    if (isOpen) closeSync(file);
    isOpen = false;
  };
  return {
    get position() {
      return position;
    },
    write(bytes) {
      onDisk(name, () => {
        let written = 0;
        while (written < bytes.length) written += writeSync(file, bytes, written);
      });
      hash.update(bytes);
      position += bytes.length;
    },
    finish() {
      onDisk(name, () => {
        crashPoint(`${kind}-written` as CrashPoint);
        fsyncSync(file);
        close();
        crashPoint(`${kind}-synced` as CrashPoint);
        renameSync(temporary, path);
        syncDirectory(directory);
        crashPoint(`${kind}-renamed` as CrashPoint);
      });
      return { name, bytes: position, sha256: hash.digest() };
    },
    abandon() {
      close();
      rmSync(temporary, { force: true });
    },
  };
}

/** @throws LedgerError disk_full, so that the caller knows that trying again later makes sense */
function onDisk<T>(name: string, work: () => T): T {
  try {
    return work();
  } catch (cause) {
    const { code } = cause as { code?: string };
    throw code === "ENOSPC" || code === "EDQUOT"
      ? new LedgerError("disk_full", `no space for ${name}`, { cause })
      : cause;
  }
}

function openFile(path: string): BlobReader {
  let file: number;
  try {
    file = openSync(path, "r");
  } catch (cause) {
    throw new LedgerError("corrupt", `cannot open ${path}`, { cause });
  }
  return {
    bytes: statSync(path).size,
    read(offset, length) {
      const buffer = Buffer.allocUnsafe(length);
      let read = 0;
      while (read < length) {
        const got = readSync(file, buffer, read, length - read, offset + read);
        if (got === 0) throw new LedgerError("corrupt", `${path} ends at ${offset + read}, before ${offset + length}`);
        read += got;
      }
      return buffer;
    },
    close: () => closeSync(file),
  };
}

/** A new directory is durable only when its parent has been synced too. */
function makeDirectories(root: string, directory: string): void {
  const made = mkdirSync(directory, { recursive: true });
  if (made === undefined) return;
  for (let current = directory; current.length >= root.length; current = dirname(current)) syncDirectory(current);
}

/** Makes renames and removals in a directory durable. */
export function syncDirectory(directory: string): void {
  const handle = openSync(directory, "r");
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}

function listFiles(root: string, prefix: string): string[] {
  try {
    return readdirSync(join(root, prefix), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name).slice(root.length + 1));
  } catch (error) {
    if ((error as { code?: string }).code === "ENOENT") return [];
    throw error;
  }
}
