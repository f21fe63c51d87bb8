import type { Json } from "@cairn/event";
import { instancePaths, openWriterSide, systemClock } from "@cairn/ledger";
import type { Home } from "../../crash/support/cairn-process.ts";

/** What a source is to remember of its last look. */
export interface LastLook {
  readonly lastPolledAtMs: number;
  readonly checkpoint: Json;
}

/** Writes when a source was last looked at, and where that ended, as if the server had been away since. It must not run. */
export function pretendLastLook(home: Home, id: string, look: LastLook): void {
  const side = openWriterSide(instancePaths(home.dataDir, home.stateDir), systemClock);
  const source = side.access.sources.find(id);
  if (source === undefined) throw new Error("there is no such source");
  side.access.apply([{ kind: "source_state", source, state: { ...look } }]);
  side.close();
}
