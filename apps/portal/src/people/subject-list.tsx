import { keepPreviousData, useInfiniteQuery } from "@tanstack/react-query";
import { useApi } from "../api/api-context.ts";
import { PageProblem } from "../frame/page.tsx";
import { FactsTable } from "../shared/facts-table.tsx";
import { t } from "../texts/texts.ts";
import type { View } from "../view/view.ts";
import { personLink } from "./person-link.ts";
import type { SubjectPage } from "./subject-answers.ts";
import { identifierLine, subjectName } from "./subject-words.ts";

const PAGE = 50;

interface SubjectListProps {
  /** Part of a name, an address or an identifier; everybody when empty. */
  readonly text: string;
  readonly zone: View["zone"];
}

/** Everybody whom the directory knows, by name, page by page. */
export function SubjectList({ text, zone }: SubjectListProps) {
  const api = useApi();
  const { data, error, hasNextPage, isFetchingNextPage, fetchNextPage } = useInfiniteQuery({
    queryKey: ["subjects", text],
    queryFn: ({ pageParam }) =>
      api.send<SubjectPage>("POST", "/v1/subjects/search", {
        body: { q: text, limit: PAGE, ...(pageParam === null ? {} : { cursor: pageParam }) },
      }),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next,
    placeholderData: keepPreviousData,
    // Search hears of what was said a moment later: whoever comes back looks anew.
    staleTime: 0,
  });
  if (data === undefined) return <PageProblem error={error} />;
  const people = data.pages.flatMap(({ subjects }) => subjects);
  if (people.length === 0) return <p role="status">{t.people.none}</p>;
  return (
    <>
      <FactsTable label={t.people.everybody} columns={[t.people.person, t.people.knownBy, t.people.groups]}>
        {people.map((person) => (
          <tr key={person.ref}>
            <th scope="row">
              <a href={personLink(person.ref, zone)}>{subjectName(person)}</a>
              {person.same_as.length > 0 && (
                <span className="tag">{t.people.references(person.same_as.length + 1)}</span>
              )}
            </th>
            <td>{identifierLine(person.identifiers)}</td>
            <td>{person.groups.join(", ")}</td>
          </tr>
        ))}
      </FactsTable>
      {hasNextPage && (
        <p className="page-more">
          <button type="button" className="button" disabled={isFetchingNextPage} onClick={() => void fetchNextPage()}>
            {t.people.more}
          </button>
        </p>
      )}
    </>
  );
}
