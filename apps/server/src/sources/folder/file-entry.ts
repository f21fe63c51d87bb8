import { randomBytes } from "node:crypto";
import type { Json } from "@cairn/event";

/** How far one file has been read. */
export interface FileEntry {
  /** Random, made when the file was first seen: tells apart what says no time of its own. */
  readonly key: string;
  /** `lines`: it is followed as it grows. `document`: it is read as a whole. Undefined while nobody can tell. */
  readonly mode?: "lines" | "document";
  /** Bytes that have been read. */
  readonly offset: number;
  /** Line ends among them. */
  readonly lines: number;
  /** Digests of the first bytes, and of the last before `offset`; empty before anything was read. */
  readonly head: string;
  readonly tail: string;
  /** Digest of all records up to `offset`, each with the one before: what a record's identity is made of. */
  readonly chain: string;
  /** Of CSV: where the header ends. */
  readonly headerEnd?: number;
  /** Inside of a record that was too long. */
  readonly isSkipping?: true;
  /** Of a document that was read: what it was like then. */
  readonly taken?: { readonly size: number; readonly modifiedMs: number };
  readonly goneSinceMs?: number;
}

/** What is known of a folder, as it is stored. */
export interface FolderState {
  readonly version: 1;
  /** By device and inode. */
  readonly files: Readonly<Record<string, FileEntry>>;
}

/** What is known of a file of which nothing was read. */
export function newEntry(): FileEntry {
  return { key: randomBytes(8).toString("base64url"), offset: 0, lines: 0, head: "", tail: "", chain: "" };
}

/** Opens a checkpoint; of anything that is none there is nothing known. */
export function filesOf(checkpoint: Json | undefined): Map<string, FileEntry> {
  const { version, files } = (checkpoint ?? {}) as Partial<FolderState>;
  return new Map(version === 1 && typeof files === "object" ? Object.entries(files) : []);
}

/** Writes a checkpoint. */
export function stateOf(files: ReadonlyMap<string, FileEntry>): Json {
  return { version: 1, files: Object.fromEntries(files) } satisfies FolderState as unknown as Json;
}
