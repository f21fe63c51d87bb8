import { setTimeout as pause } from "node:timers/promises";
import { IndexError } from "@cairn/search";

/** Waits before an engine that could not be reached is asked again. */
export const RETRY_MS = 1_000;

/**
 * Asks until the engine can be reached: it may be somebody else's and start after us, and events are accepted meanwhile.
 * @throws whatever else goes wrong; the last failure once `isClosing`
 */
export async function untilAvailable<Answer>(
  ask: () => Promise<Answer>,
  { isClosing, onFailure }: { readonly isClosing: () => boolean; readonly onFailure: (error: Error) => void },
): Promise<Answer> {
  for (;;) {
    try {
      return await ask();
    } catch (error) {
      if (!(error instanceof IndexError) || error.fault !== "unavailable" || isClosing()) throw error;
      onFailure(error);
      await pause(RETRY_MS);
    }
  }
}
