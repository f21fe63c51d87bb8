import { open } from "node:fs/promises";
import { Readable } from "node:stream";
import { CairnError, ERRORS } from "@cairn/event";
import type { FastifyReply, FastifyRequest } from "fastify";
import type { ExportRequest } from "../../exports/export-request.ts";
import { exportMediaType } from "../../exports/file-name.ts";
import type { ExportFile } from "../../exports/task.ts";
import { isKnown, parseRange, rangeCounts } from "./range.ts";

/** A finished export's file, and where it lies. */
export interface SentFile {
  readonly file: ExportFile;
  readonly path: string;
  readonly request: ExportRequest;
}

/** Sends a file, or the part of it that was asked for, so that a broken download can go on (RFC 9110 §14). */
export async function sendFile(request: FastifyRequest, reply: FastifyReply, sent: SentFile): Promise<FastifyReply> {
  const { file, path } = sent;
  const etag = `"${file.sha256}"`;
  reply
    .header("content-disposition", `attachment; filename="${file.name}"`)
    .header("etag", etag)
    .header("accept-ranges", "bytes")
    // Full of names: nothing on the way may keep it.
    .header("cache-control", "private, no-store");
  const { headers } = request;
  if (isKnown(headers["if-none-match"], etag)) return reply.code(304).send();
  const range = rangeCounts(headers["if-range"] as string | undefined, etag)
    ? parseRange(headers.range, file.bytes)
    : parseRange(undefined, file.bytes);
  if (range.kind === "unsatisfiable") {
    const message = `Range: the file has ${file.bytes} bytes`;
    const error = { code: "parameter_invalid", message, fix: ERRORS.parameter_invalid.fix, request_id: request.id };
    return reply.code(416).header("content-range", `bytes */${file.bytes}`).send({ error });
  }
  const { first, last } = range.kind === "part" ? range : { first: 0, last: file.bytes - 1 };
  reply.code(range.kind === "part" ? 206 : 200).type(exportMediaType(sent.request));
  if (range.kind === "part") reply.header("content-range", `bytes ${first}-${last}/${file.bytes}`);
  reply.header("content-length", String(last - first + 1));
  // A text would be measured: an empty stream leaves the length as it is.
  if (request.method === "HEAD") return reply.send(Readable.from([]));
  if (file.bytes === 0) return reply.send("");
  return reply.send(await openPart(path, { first, last }));
}

/** From here on the file may be deleted: what is open can be read to its end. */
async function openPart(path: string, { first, last }: { readonly first: number; readonly last: number }) {
  try {
    const handle = await open(path, "r");
    return handle.createReadStream({ start: first, end: last });
  } catch (cause) {
    throw new CairnError("not_found", "the export has no file any more", { cause });
  }
}
