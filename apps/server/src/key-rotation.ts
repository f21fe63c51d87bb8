import type { FastifyBaseLogger } from "fastify";
import type { Client } from "./threads/rpc.ts";
import type { WriterApi } from "./threads/writer-api.ts";

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/**
 * Makes erasures final: some days after something was erased the keys are rotated, so that what wrapped the erased ones is
 * gone as well. Looks every hour, and at once: a rotation may have been cut short.
 */
export function scheduleKeyRotation({
  writer,
  days,
  log,
}: {
  readonly writer: Client<WriterApi>;
  readonly days: number;
  readonly log: FastifyBaseLogger;
}): { stop(): void } {
  const look = (): void => {
    writer.call("rotateKeys", { erasedBeforeMs: Date.now() - days * DAY_MS }).then(
      ({ isRotated }) => isRotated && log.info("the keys were rotated: what was erased before is final"),
      (error: unknown) => log.error({ err: error }, "the keys could not be rotated; it is tried again in an hour"),
    );
  };
  look();
  const timer = setInterval(look, HOUR_MS);
  timer.unref();
  return { stop: () => clearInterval(timer) };
}
