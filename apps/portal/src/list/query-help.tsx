import { Dialog } from "../shared/dialog.tsx";

const EXAMPLES = [
  ["jane", "a word, anywhere in the event"],
  ['"quarterly report"', "words in this order"],
  ["action:document.*", "any action that begins so"],
  ["-outcome:success", "everything but successes"],
  ["actor:jane@example.com", "what one person did"],
  ["target.type:patient verb:read", "both conditions"],
  ["action:(user.login OR user.logout)", "one or the other"],
  ["ip:203.0.113.0/24", "addresses of a network"],
  ["after:-7d", "the last seven days"],
  ["after:2026-10-01 before:2026-11-01", "a month"],
  ["details.record_count:>1000", "a number in the details"],
  ["changes.field:retention", "events that changed this field"],
] as const;

interface QueryHelpProps {
  readonly onTry: (query: string) => void;
  readonly onClose: () => void;
}

/** The query language by examples, each of which can be tried. */
export function QueryHelp({ onTry, onClose }: QueryHelpProps) {
  return (
    <Dialog title="How to ask" onClose={onClose}>
      <dl className="examples">
        {EXAMPLES.map(([query, meaning]) => (
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
          The whole query language
        </a>
      </p>
    </Dialog>
  );
}
