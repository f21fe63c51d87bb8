import { hash } from "node:crypto";
import { constants } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import type { FileEntry } from "./file-entry.ts";
import { FINGERPRINT_BYTES } from "./limits.ts";
import type { FoundFile } from "./scan.ts";

/** A file that is read. */
export interface OpenFile {
  readonly handle: FileHandle;
  readonly size: number;
  readonly modifiedMs: number;
}

/** Opens a file that was found; undefined when something else stands in its place now. */
export async function openFound(file: FoundFile): Promise<OpenFile | undefined> {
  // Never through a link, and never waiting for whoever writes into a pipe.
  const handle = await open(file.path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  const stat = await handle.stat({ bigint: true });
  if (stat.isFile() && `${stat.dev}:${stat.ino}` === file.id)
    return { handle, size: Number(stat.size), modifiedMs: Number(stat.mtimeMs) };
  await handle.close();
  return undefined;
}

/** Reads some bytes; fewer when the file ends before. */
export async function readAt(handle: FileHandle, room: Uint8Array, offset: number): Promise<Uint8Array> {
  let filled = 0;
  while (filled < room.length) {
    const { bytesRead } = await handle.read(room, filled, room.length - filled, offset + filled);
    if (bytesRead === 0) break;
    filled += bytesRead;
  }
  return room.subarray(0, filled);
}

/** Digests by which a file is known again that was read up to an offset. */
export async function fingerprint(handle: FileHandle, offset: number): Promise<Pick<FileEntry, "head" | "tail">> {
  const length = Math.min(offset, FINGERPRINT_BYTES);
  if (length === 0) return { head: "", tail: "" };
  const head = digest(await readAt(handle, Buffer.alloc(length), 0));
  return { head, tail: digest(await readAt(handle, Buffer.alloc(length), offset - length)) };
}

/** Tells whether a file still begins with what was read of it. */
export async function isContinued({ handle, size }: OpenFile, entry: FileEntry): Promise<boolean> {
  if (entry.offset > size) return false;
  const { head, tail } = await fingerprint(handle, entry.offset);
  return head === entry.head && tail === entry.tail;
}

function digest(bytes: Uint8Array): string {
  return hash("sha256", bytes, "base64url").slice(0, 16);
}
