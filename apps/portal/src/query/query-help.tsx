import { Dialog } from "../shared/dialog.tsx";
import { t } from "../texts/texts.ts";

interface QueryHelpProps {
  readonly onTry: (query: string) => void;
  readonly onClose: () => void;
}

/** The query language by examples, each of which can be tried. */
export function QueryHelp({ onTry, onClose }: QueryHelpProps) {
  return (
    <Dialog title={t.query.help} onClose={onClose}>
      <dl className="examples">
        {t.query.examples.map(([query, meaning]) => (
          <div key={query}>
            <dt>
              <button type="button" className="value" onClick={() => onTry(query)}>
                <code>{query}</code>
              </button>
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
    </Dialog>
  );
}
