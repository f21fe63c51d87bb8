import { existsSync } from "node:fs";
import { type Finding, type FsckProgress, type FsckReport, fsck, type IndexProbe, instancePaths } from "@cairn/ledger";
import type { ServerCommand } from "./command.ts";
import { readDataOptions } from "./data-command.ts";
import { explain } from "./explain.ts";
import { openIndexProbe } from "./fsck-index.ts";

/** Repainting more often than this is not seen. */
const REPAINT_MS = 200;

/** `cairn fsck`: recomputes everything from the bodies up to the checkpoints and says what is wrong, and where. */
export const fsckCommand: ServerCommand = {
  name: "fsck",
  summary: "recompute the whole record and say what is wrong, and where",
  usage: "cairn fsck [--data-dir D] [--state-dir S] [--index [--clickhouse-url U]] [--json]",
  async run(argv) {
    try {
      const { dataDir, stateDir, values } = readDataOptions(argv, { index: "boolean", "clickhouse-url": "string" });
      const paths = instancePaths(dataDir, stateDir);
      const isJson = values.json === true;
      const screen = isJson ? undefined : openProgress();
      const url = (values["clickhouse-url"] as string | undefined) ?? process.env.CAIRN_CLICKHOUSE_URL;
      const index = values.index === true && existsSync(paths.database) ? await openIndexProbe(paths, url) : undefined;
      try {
        const report = await fsck({
          paths,
          ...(index === undefined ? {} : { index: index.probe satisfies IndexProbe }),
          onProgress: (progress) => screen?.show(progress),
          onFinding(finding) {
            screen?.clear();
            console.log(isJson ? JSON.stringify({ type: "finding", ...finding }) : describe(finding));
          },
        });
        screen?.clear();
        console.log(isJson ? JSON.stringify({ type: "report", ...report }) : summarise(report));
        return report.findings === 0 ? 0 : 1;
      } finally {
        await index?.close();
      }
    } catch (error) {
      explain(error, fsckCommand.usage);
      return 2; // nothing was checked: 1 says that something is wrong with the record
    }
  },
};

/** A finding as one line: code, place, sentence. */
function describe({ code, place, message }: Finding): string {
  const parts = [
    place.origin,
    place.table === undefined ? undefined : `${place.table}${place.key === undefined ? "" : ` ${place.key}`}`,
    place.file === undefined ? undefined : `${place.file}${place.offset === undefined ? "" : ` at ${place.offset}`}`,
    place.sequence === undefined ? undefined : `sequence ${place.sequence}`,
  ].filter((part) => part !== undefined);
  return `${code}: ${parts.join(", ")}: ${message}`;
}

function summarise({ findings, suppressed, logs, entries, people, erased }: FsckReport): string {
  const checked = `${entries} entries in ${logs} logs, ${people} people (${erased} erased)`;
  if (findings === 0) return `Clean: ${checked}.`;
  const more = Object.entries(suppressed).map(([code, count]) => `  and ${count} more of ${code}\n`);
  return `${more.join("")}${findings} ${findings === 1 ? "thing is" : "things are"} wrong; checked ${checked}.`;
}

interface Screen {
  show(progress: FsckProgress): void;
  clear(): void;
}

/** Progress on standard error, where that is a terminal. */
function openProgress(): Screen | undefined {
  const { stderr } = process;
  if (!stderr.isTTY) return undefined;
  let paintedAt = 0;
  const clear = (): void => void stderr.write("\r\u001b[K");
  return {
    show({ doneEntries, totalEntries }) {
      if (performance.now() - paintedAt < REPAINT_MS) return;
      paintedAt = performance.now();
      clear();
      const share = totalEntries === 0 ? 100 : Math.min(100, Math.floor((doneEntries / totalEntries) * 100));
      stderr.write(`checked ${doneEntries} of ${totalEntries} entries (${share} %)`);
    },
    clear,
  };
}
