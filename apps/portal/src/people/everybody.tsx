import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useMemo, useState } from "react";
import type { FacetValue } from "../api/answers.ts";
import { useApi } from "../api/api-context.ts";
import { writeTerm } from "../event/filter-term.ts";
import { useActorNames } from "../event/use-actor-names.ts";
import { Page, PageProblem } from "../frame/page.tsx";
import { number } from "../texts/format.ts";
import { t } from "../texts/texts.ts";
import { formatView, PLAIN_VIEW, type View } from "../view/view.ts";
import { personLink } from "./person-link.ts";

/** As many as get a name. */
const SHOWN = 25;

/** Those who did most, and whoever is looked for by name, address or identifier. */
export function Everybody({ view }: { readonly view: View }) {
  const api = useApi();
  const [text, setText] = useState("");
  const query = view.query;
  const { data, error } = useQuery({
    queryKey: ["people", query],
    queryFn: ({ signal }) =>
      api.facets(
        {
          query: query === "" ? "" : writeTerm("actor", query),
          fromMs: undefined,
          toMs: undefined,
          fields: ["actor"],
          limit: SHOWN,
        },
        signal,
      ),
    placeholderData: keepPreviousData,
  });
  const people = useMemo(() => (data?.facets.actor ?? NONE).filter(({ ref }) => ref !== undefined), [data]);
  const names = useActorNames(people);
  return (
    <Page title={t.pages.people} lead={t.people.lead}>
      <form
        className="page-filter"
        onSubmit={(event) => {
          event.preventDefault();
          location.hash = formatView({ ...PLAIN_VIEW, page: "people", zone: view.zone, query: text.trim() });
        }}
      >
        <label htmlFor="person-filter">{t.people.find}</label>
        <input
          id="person-filter"
          type="search"
          value={text}
          placeholder={query === "" ? t.people.findHint : query}
          spellCheck={false}
          onChange={(event) => setText(event.target.value)}
        />
        <button type="submit" className="button">
          {t.people.search}
        </button>
      </form>
      {data === undefined ? (
        <PageProblem error={error} />
      ) : people.length === 0 ? (
        <p role="status">{t.people.none}</p>
      ) : (
        <section className="panel">
          <h2>{query === "" ? t.people.most : t.people.found}</h2>
          <table className="facts-table">
            <thead>
              <tr>
                <th scope="col">{t.people.person}</th>
                <th scope="col" className="is-number">
                  {t.people.events}
                </th>
              </tr>
            </thead>
            <tbody>
              {people.map(({ ref = "", count }) => (
                <tr key={ref}>
                  <th scope="row">
                    <a href={personLink(ref, view.zone)}>{names.get(ref)?.name ?? t.person(ref)}</a>
                  </th>
                  <td className="is-number">
                    <a href={formatView({ ...PLAIN_VIEW, zone: view.zone, query: writeTerm("actor.ref", ref) })}>
                      {number(count)}
                    </a>
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </section>
      )}
    </Page>
  );
}

const NONE: readonly FacetValue[] = [];
