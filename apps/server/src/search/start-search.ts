import type { Paths } from "@cairn/ledger";
import type { Logger } from "pino";
import type { Config } from "../config.ts";
import type { Threads } from "../threads/start-threads.ts";
import type { SearchService } from "./search-service.ts";

export async function startSearch(_parts: {
  config: Config;
  paths: Paths;
  threads: Threads;
  log: Logger;
}): Promise<SearchService> {
  return { covering: async () => undefined, isReady: () => true, lagEvents: () => 0, stop: async () => undefined };
}
