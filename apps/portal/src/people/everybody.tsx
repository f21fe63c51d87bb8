import { useQuery } from "@tanstack/react-query";
import { useMemo, useState } from "react";
import type { FacetValue } from "../api/answers.ts";
import { useApi } from "../api/api-context.ts";
import { useWho } from "../api/who-context.ts";
import { actorNames } from "../event/actor-names.ts";
import { writeTerm } from "../event/filter-term.ts";
import { Page } from "../frame/page.tsx";
import { Panel } from "../overview/ranked.tsx";
import { number } from "../texts/format.ts";
import { t } from "../texts/texts.ts";
import { formatView, PLAIN_VIEW, type View } from "../view/view.ts";
import { PersonDialog } from "./person-dialog.tsx";
import { personLink } from "./person-link.ts";
import { SubjectList } from "./subject-list.tsx";
import { UploadDialog } from "./upload-dialog.tsx";

/** As many as get a name. */
const SHOWN = 6;

/** Whoever is looked for by name, address or identifier; else those who did most, and everybody by name. */
export function Everybody({ view }: { readonly view: View }) {
  const who = useWho();
  const [text, setText] = useState("");
  const [open, setOpen] = useState<"person" | "upload">();
  const { query } = view;
  return (
    <Page
      title={t.pages.people}
      lead={t.people.lead}
      tools={
        who.can("subjects:write") && (
          <p className="actions">
            <button type="button" className="button" onClick={() => setOpen("person")}>
              {t.people.add}
            </button>
            <button type="button" className="button" onClick={() => setOpen("upload")}>
              {t.people.upload}
            </button>
          </p>
        )
      }
    >
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
      {query === "" && <MostActive zone={view.zone} />}
      <Panel title={query === "" ? t.people.everybody : t.people.found} width="full">
        <SubjectList text={query} zone={view.zone} />
      </Panel>
      {open === "person" && <PersonDialog person={undefined} onClose={() => setOpen(undefined)} />}
      {open === "upload" && <UploadDialog onClose={() => setOpen(undefined)} />}
    </Page>
  );
}

/** Those who did most, whenever; nothing until they are counted. */
function MostActive({ zone }: { readonly zone: View["zone"] }) {
  const api = useApi();
  const { data } = useQuery({
    queryKey: ["people", "most"],
    queryFn: ({ signal }) =>
      api.facets({ query: "", fromMs: undefined, toMs: undefined, fields: ["actor"], limit: SHOWN * 2 }, signal),
  });
  const people = useMemo(
    () => (data?.facets.actor ?? NONE).filter(({ ref }) => ref !== undefined).slice(0, SHOWN),
    [data],
  );
  const names = actorNames(people);
  if (people.length === 0) return null;
  return (
    <Panel title={t.people.most} width="full">
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
                <a href={personLink(ref, zone)}>{names.get(ref)?.name ?? t.person(ref)}</a>
              </th>
              <td className="is-number">
                <a href={formatView({ ...PLAIN_VIEW, zone, query: writeTerm("actor.ref", ref) })}>{number(count)}</a>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </Panel>
  );
}

const NONE: readonly FacetValue[] = [];
