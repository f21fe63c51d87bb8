import { useWho } from "../api/who-context.ts";
import { Page, PageProblem } from "../frame/page.tsx";
import { KEYED_WAYS } from "../texts/en/keyed-steps.ts";
import { t } from "../texts/texts.ts";
import { formatView, PLAIN_VIEW, type View } from "../view/view.ts";
import { groupKinds } from "./kind-groups.ts";
import { setUpLink, sourcesLink } from "./source-links.ts";
import { useKinds } from "./use-sources.ts";

/** Asks which kind of source is to be set up. */
export function WhichKind({ view }: { readonly view: View }) {
  return (
    <Page
      title={t.sources.setUp}
      lead={t.sources.which}
      tools={
        <a className="button" href={sourcesLink(view.zone)}>
          {t.sources.back}
        </a>
      }
    >
      <KindChoice view={view} />
    </Page>
  );
}

/** The kinds that there are, in groups, and what needs no source. */
export function KindChoice({ view }: { readonly view: View }) {
  const who = useWho();
  const { data, error } = useKinds();
  if (data === undefined) return <PageProblem error={error} />;
  return (
    <div className="kind-groups">
      {groupKinds(data.kinds).map(([group, kinds]) => (
        <section key={group} className="panel" aria-label={t.sources.groups[group]}>
          <h2>{t.sources.groups[group]}</h2>
          <ul className="kind-list">
            {kinds.map(({ kind, title, arrives, available = true }) => (
              <li key={kind}>
                {available ? <a href={setUpLink(kind, view.zone)}>{title}</a> : <strong>{title}</strong>}
                <span className="quiet">{t.sources.arrives[arrives]}</span>
                {!available && <span className="quiet">{t.sources.shut[arrives] ?? t.sources.shutOther}</span>}
              </li>
            ))}
          </ul>
        </section>
      ))}
      <section className="panel" aria-label={t.sources.keyed}>
        <h2>{t.sources.keyed}</h2>
        <p className="quiet">{t.sources.keyedText}</p>
        <dl className="facts">
          {KEYED_WAYS.map(({ name, title, where }) => (
            <div key={name}>
              <dt>
                <a href={setUpLink(name, view.zone)}>{title}</a>
              </dt>
              <dd>
                <code>{where}</code>
              </dd>
            </div>
          ))}
        </dl>
        {who.can("keys:write") && (
          <p>
            <a href={formatView({ ...PLAIN_VIEW, page: "keys", zone: view.zone })}>{t.sources.keyedLink}</a>
          </p>
        )}
      </section>
    </div>
  );
}
