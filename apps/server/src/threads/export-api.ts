import type { ExportFile, ExportTask } from "../exports/task.ts";

/** What the export thread does for the main thread. */
export interface ExportApi {
  [name: string]: (argument: never) => unknown;
  /** Makes a file; answers when it is on the disk. */
  run(task: ExportTask): Promise<ExportFile>;
  /** Ends a job, if it runs; answers once it touches its directory no more. */
  cancel(job: { readonly id: string }): Promise<void>;
  close(nothing: undefined): Promise<void>;
}

/** What the export thread tells the main thread. */
export interface ExportNews {
  [name: string]: (argument: never) => unknown;
  progress(news: ExportProgress): void;
}

export interface ExportProgress {
  readonly id: string;
  /** Events that are in the file. */
  readonly done: number;
  /** Events there will be, as far as that is known. */
  readonly total: number;
}
