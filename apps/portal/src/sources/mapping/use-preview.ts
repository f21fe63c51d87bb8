import type { Json } from "@cairn/event";
import { useQuery } from "@tanstack/react-query";
import { useMemo, useState } from "react";
import { useApi } from "../../api/api-context.ts";
import { type Problem, problemOf } from "../../api/problem.ts";
import type { PreviewItem } from "../../api/source-answers.ts";
import { sentence } from "../../shared/explain-problem.ts";
import { t } from "../../texts/texts.ts";
import { type ReadJson, readJson } from "./read-json.ts";
import { stretchOfLine, stretchOfPointer, type TextFault } from "./text-fault.ts";
import { useDebounced } from "./use-debounced.ts";

/** How long nothing must have been typed before the server is asked. */
const QUIET_MS = 300;

/** What a mapping makes of a sample, and what is wrong with either. */
export interface Preview {
  readonly read: ReadJson;
  readonly items: readonly PreviewItem[];
  /** Whether the items are of the texts as they stand. */
  readonly state: "fresh" | "stale" | "none";
  readonly isBusy: boolean;
  readonly definitionFault: TextFault | undefined;
  readonly sampleFault: TextFault | undefined;
  /** What else went wrong. */
  readonly error: Error | null;
}

interface PreviewAsk {
  /** The mapping as JSON text. */
  readonly definition: string;
  readonly sample: string;
  /** Taken in place of the mapping's zone when it is not empty. */
  readonly zone: string;
}

/** Shows what a mapping makes of a sample while both are being written. */
export function usePreview({ definition, sample, zone }: PreviewAsk): Preview {
  const api = useApi();
  const read = useMemo(() => readJson(definition), [definition]);
  const body = useMemo(() => bodyOf(read, { sample, zone }), [read, sample, zone]);
  const sent = useDebounced(body, QUIET_MS);
  const { data, error, isFetching } = useQuery({
    queryKey: ["mapping-preview", sent],
    queryFn: () =>
      api.send<{ readonly items: readonly PreviewItem[] }>("POST", "/v1/sources/preview", { body: sent ?? {} }),
    enabled: sent !== undefined,
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 60_000,
  });
  const isBusy = isFetching || sent !== body;
  // While a mistake is being mended, what came before it stays on the screen.
  const [last, setLast] = useState<readonly PreviewItem[]>([]);
  if (data !== undefined && data.items !== last) setLast(data.items);
  const problem = useSettled(error === null ? undefined : problemOf(error), isBusy);
  const definitionFault = read.kind === "fault" ? syntaxFault(read) : faultOfDefinition(read, definition, problem);
  const sampleFault = faultOfSample(sample, problem, last);
  const items = sample.trim() === "" ? [] : last;
  return {
    ...{ read, items, isBusy, definitionFault, sampleFault },
    state:
      items.length === 0 ? "none" : isBusy || data === undefined || definitionFault !== undefined ? "stale" : "fresh",
    error: problem !== undefined && definitionFault === undefined && sampleFault === undefined ? error : null,
  };
}

/** What was wrong stays so until there is another answer: marks would flicker otherwise. */
function useSettled(problem: Problem | undefined, isBusy: boolean): Problem | undefined {
  const [settled, setSettled] = useState(problem);
  if (!isBusy && settled !== problem) setSettled(problem);
  return isBusy ? settled : problem;
}

function bodyOf(read: ReadJson, { sample, zone }: Pick<PreviewAsk, "sample" | "zone">): object | undefined {
  if (read.kind === "fault" || sample.trim() === "") return undefined;
  const { value } = read;
  const isObject = typeof value === "object" && value !== null && !Array.isArray(value);
  const definition: Json = isObject && zone.trim() !== "" ? { ...value, zone: zone.trim() } : value;
  return { definition, sample };
}

function syntaxFault(read: Extract<ReadJson, { readonly kind: "fault" }>): TextFault {
  const { kind, from, to } = read.fault;
  return { from, to, message: t.sources.mapping.faults[kind] };
}

function faultOfDefinition(
  { places }: Extract<ReadJson, { readonly kind: "value" }>,
  definition: string,
  problem: Problem | undefined,
): TextFault | undefined {
  if (problem?.kind !== "refused" || problem.code !== "definition_invalid") return undefined;
  const at = stretchOfPointer(places, definition, problem.pointer ?? "");
  return { ...at, message: sentence(problem.message) };
}

/** The sample as a whole cannot be read, or its first record that is refused. */
function faultOfSample(
  sample: string,
  problem: Problem | undefined,
  items: readonly PreviewItem[],
): TextFault | undefined {
  if (problem?.kind === "refused") {
    if (problem.code === "definition_invalid" || problem.line === undefined) return undefined;
    return { ...stretchOfLine(sample, problem.line, problem.column), message: sentence(problem.message) };
  }
  const refused = items.find((item) => item.kind === "refused" && item.error.line !== undefined);
  if (refused?.kind !== "refused" || refused.error.line === undefined) return undefined;
  const { line, column, message } = refused.error;
  return { ...stretchOfLine(sample, line, column), message: sentence(message) };
}
