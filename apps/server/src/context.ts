import type { ReaderSide } from "@cairn/ledger";
import type { Logger } from "pino";
import type { SignIn } from "./access/sign-in/sign-in.ts";
import type { AccessParts } from "./access/start-access.ts";
import type { Config } from "./config.ts";
import type { ExportService } from "./exports/export-service.ts";
import type { Metrics } from "./metrics.ts";
import type { PublishedHeads } from "./published-heads.ts";
import type { SearchService } from "./search/search-service.ts";
import type { SourceService } from "./sources/source-service.ts";
import type { DirectoryGroups } from "./subjects/directory-groups.ts";
import type { Threads } from "./threads/start-threads.ts";

/** What the features of a running server share. */
export interface ServerContext extends AccessParts {
  readonly config: Config;
  readonly side: ReaderSide;
  readonly threads: Threads;
  readonly heads: PublishedHeads;
  readonly search: SearchService;
  /** What the directory says about groups, for queries. */
  readonly groups: DirectoryGroups;
  readonly exports: ExportService;
  readonly signIn: SignIn;
  /** Sources that are configured, at work. */
  readonly sources: SourceService;
  readonly metrics: Metrics;
  readonly log: Logger;
  /** URL under which people reach this server. */
  url(): string;
  /** Why events are not accepted, if they are not. */
  stopped(): string | undefined;
}
