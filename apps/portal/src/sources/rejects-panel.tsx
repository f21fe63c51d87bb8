import { useInfiniteQuery } from "@tanstack/react-query";
import { useApi } from "../api/api-context.ts";
import type { RejectsAnswer, Source } from "../api/source-answers.ts";
import { PageProblem } from "../frame/page.tsx";
import { Panel } from "../overview/ranked.tsx";
import { Icon } from "../shared/icon.tsx";
import { saveBlob } from "../shared/save-blob.ts";
import { t } from "../texts/texts.ts";
import { RejectList } from "./reject-list.tsx";

/** Rejects fetched at once: as many as somebody reads. */
const PAGE = 20;

interface RejectsPanelProps {
  readonly source: Source;
  /** IANA name. */
  readonly zone: string;
}

/** What came by a source in the last day and is in no log, as it was sent. */
export function RejectsPanel({ source, zone }: RejectsPanelProps) {
  const api = useApi();
  const { conflict, rejected } = source.counts;
  const { data, error, hasNextPage, isFetchingNextPage, fetchNextPage } = useInfiniteQuery({
    // Asked for again whenever more was refused.
    queryKey: ["source-rejects", source.id, conflict + rejected],
    queryFn: ({ signal, pageParam }) =>
      api.get<RejectsAnswer>(`/v1/sources/${source.id}/rejects?limit=${PAGE}${pageParam}`, signal),
    initialPageParam: "",
    getNextPageParam: ({ next }) => (next === null ? undefined : `&cursor=${next}`),
  });
  const rejects = data?.pages.flatMap((page) => page.rejects) ?? [];
  return (
    <Panel title={t.sources.rejects} width="full" note={t.sources.rejectsText}>
      {data === undefined ? (
        <PageProblem error={error} />
      ) : rejects.length === 0 ? (
        <p>{t.sources.rejectsNone}</p>
      ) : (
        <RejectList
          rejects={rejects.map(({ refused_at: at, error: why, payload }) => ({ at, error: why, payload }))}
          zone={zone}
          tools={({ at, payload }) => (
            <button
              type="button"
              className="bare"
              aria-label={t.sources.download}
              title={t.sources.download}
              onClick={() => saveBlob(new Blob([payload]), `${source.id}-${at.replaceAll(":", "")}.txt`)}
            >
              <Icon name="download" />
            </button>
          )}
        />
      )}
      {hasNextPage && (
        <button type="button" className="button" disabled={isFetchingNextPage} onClick={() => void fetchNextPage()}>
          {t.sources.rejectsOlder}
        </button>
      )}
    </Panel>
  );
}
