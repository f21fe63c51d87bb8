import { useQuery } from "@tanstack/react-query";
import type { TenantAnswer } from "../api/answers.ts";
import { useApi } from "../api/api-context.ts";
import { actorTerm, writeTerm } from "../event/filter-term.ts";
import { Page } from "../frame/page.tsx";
import { recordCommand } from "../list/first-steps.tsx";
import { CopyButton } from "../shared/copy-button.tsx";
import { Rich } from "../texts/rich.tsx";
import { t } from "../texts/texts.ts";
import { formatView, PLAIN_VIEW } from "../view/view.ts";

/** How to send events and how to ask, in examples that work for this tenant as they stand. */
export default function HelpPage({ tenant }: { readonly tenant: TenantAnswer | undefined }) {
  const api = useApi();
  const { data } = useQuery({
    queryKey: ["help-example"],
    queryFn: async ({ signal }) =>
      (await api.search({ query: "", fromMs: undefined, toMs: undefined, limit: 1 }, signal)).events[0] ?? null,
  });
  const url = location.origin;
  const action = data?.action ?? "document.viewed";
  const queries: readonly (readonly [query: string, meaning: string])[] = [
    [writeTerm("action", action), t.help.queries.action],
    ...(data === undefined || data === null ? [] : [[actorTerm(data.actor), t.help.queries.person] as const]),
    ["outcome:(failure OR denied)", t.help.queries.failed],
    ["after:-24h -outcome:success", t.help.queries.recent],
    ["details.record_count:>1000", t.help.queries.number],
    ["changes.field:*", t.help.queries.changes],
  ];
  const search = `curl ${url}/v1/events/search -H "Authorization: Bearer $CAIRN_KEY" \\
  -H 'Content-Type: application/json' -d '{"q": "${writeTerm("action", action).replaceAll('"', '\\"')}", "limit": 10}'`;
  const follow = `curl "${url}/v1/changes?after=now&wait_seconds=30" -H "Authorization: Bearer $CAIRN_KEY"`;
  const sdk = `import { createCairn } from "@cairn/sdk";

const cairn = createCairn({ url: "${url}", key: process.env.CAIRN_KEY ?? "", source: "my-product" });
cairn.log({
  action: "document.viewed",
  actor: { id: "u-1", name: "Jane Doe" },
  targets: [{ type: "document", id: "d-7" }],
});
await cairn.close();`;
  const verify = `npx cairn verify FILE.tar --key '${tenant?.log?.vkey ?? "KEY"}'`;
  return (
    <Page title={t.pages.help} lead={t.help.lead}>
      <section className="panel">
        <h2>{t.help.ask}</h2>
        <dl className="examples">
          {queries.map(([query, meaning]) => (
            <div key={query}>
              <dt>
                <a href={formatView({ ...PLAIN_VIEW, query })}>
                  <code>{query}</code>
                </a>
              </dt>
              <dd>{meaning}</dd>
            </div>
          ))}
        </dl>
        <p>
          <a href="/docs/query-language.md" target="_blank" rel="noreferrer">
            {t.query.whole}
          </a>
        </p>
      </section>
      <Example title={t.help.record} text={t.help.recordText} code={recordCommand()} />
      <Example title={t.help.sdk} text={t.help.sdkText} code={sdk} />
      <Example title={t.help.search} text={t.help.searchText} code={search} />
      <Example title={t.help.follow} text={t.help.followText} code={follow} />
      <Example title={t.help.verify} text={t.help.verifyText} code={verify} />
      <section className="panel">
        <h2>{t.help.more}</h2>
        <p>
          <a href="/openapi.json">{t.help.openapi}</a>
        </p>
        <p>
          <a href="/schemas/event.json">{t.help.schema}</a>
        </p>
      </section>
    </Page>
  );
}

interface ExampleProps {
  readonly title: string;
  readonly text: string;
  readonly code: string;
}

function Example({ title, text, code }: ExampleProps) {
  return (
    <section className="panel">
      <h2>{title}</h2>
      <p>
        <Rich text={text} />
      </p>
      <pre>
        <code>{code}</code>
      </pre>
      <CopyButton label={t.help.copy} text={code} />
    </section>
  );
}
