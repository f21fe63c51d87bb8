import { fileSize, number, percent } from "../texts/format.ts";
import { t } from "../texts/texts.ts";
import { boundOf, type Figures } from "./metrics.ts";

/** How a part of the instance is doing, in words. */
export interface Judgement {
  readonly part: string;
  readonly state: "good" | "watch" | "bad";
  readonly text: string;
}

/** Slower acknowledgement than this is worth a look, and then worth acting, in seconds. */
const ACK_SECONDS = { watch: 0.5, bad: 5 };
/** Events without a checkpoint: a busy second's worth; more than that means that sealing stands still. */
const UNSEALED = { watch: 20_000, bad: 200_000 };
const BEHIND = { watch: 10_000, bad: 1_000_000 };
/** Share of the disk that is free. */
const FREE = { watch: 0.15, bad: 0.05 };

/** Puts the figures of the server into words. */
export function judge({ values, histograms }: Figures, isAccepting: boolean): readonly Judgement[] {
  const value = (name: string) => values.get(name) ?? 0;
  const unsealed = value("cairn_seal_lag_events");
  const behind = value("cairn_index_lag_events");
  const rebuild = value("cairn_index_rebuild_events");
  const [free, size] = [value("cairn_disk_free_bytes"), value("cairn_disk_size_bytes")];
  const share = size === 0 ? 1 : free / size;
  const diskState = share < FREE.bad ? "bad" : share < FREE.watch ? "watch" : "good";
  const disk = t.health.diskText(fileSize(free), fileSize(size), percent(share));
  return [
    {
      part: t.health.accepting,
      state: isAccepting ? "good" : "bad",
      text: `${isAccepting ? t.health.acceptingYes : t.health.acceptingNo} ${t.health.recorded(number(value("cairn_events_recorded_total")))}`,
    },
    acknowledgement(histograms.get("cairn_acknowledge_seconds") ?? [], value("cairn_commit_queue")),
    {
      part: t.health.sealing,
      state: stateOf(unsealed, UNSEALED),
      text: unsealed === 0 ? t.health.sealed : t.health.unsealed(number(unsealed)),
    },
    {
      part: t.health.search,
      state: stateOf(behind, BEHIND),
      text:
        rebuild > 0
          ? t.health.rebuilding(number(rebuild))
          : behind === 0
            ? t.health.caughtUp
            : t.health.behind(number(behind)),
    },
    { part: t.health.disk, state: diskState, text: diskState === "good" ? disk : `${disk} ${t.health.diskLow}` },
    {
      part: t.health.memory,
      state: "good",
      text: t.health.memoryText(fileSize(value("cairn_resident_bytes"))),
    },
  ];
}

function acknowledgement(buckets: Parameters<typeof boundOf>[0], waiting: number): Judgement {
  const part = t.health.ack;
  const half = boundOf(buckets, 0.5);
  const most = boundOf(buckets, 0.99);
  if (half === undefined || most === undefined) return { part, state: "good", text: t.health.ackNone };
  const text = t.health.ackText(duration(half), duration(most));
  const queue = waiting === 0 ? "" : ` ${t.health.ackQueue(number(waiting))}`;
  return { part, state: stateOf(most, ACK_SECONDS), text: `${text}${queue}` };
}

function duration(seconds: number): string {
  return Number.isFinite(seconds) ? t.health.within(number(seconds * 1_000)) : t.health.beyond;
}

function stateOf(value: number, limits: { readonly watch: number; readonly bad: number }): Judgement["state"] {
  return value > limits.bad ? "bad" : value > limits.watch ? "watch" : "good";
}
