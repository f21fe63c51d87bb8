import type { RecordError } from "../api/source-answers.ts";
import { sentence } from "../shared/explain-problem.ts";
import { Rich } from "../texts/rich.tsx";
import { t } from "../texts/texts.ts";

interface RecordFaultProps {
  /** Its place in the list, from 1: what tells one from another for those who do not see it. */
  readonly index: number;
  readonly error: RecordError;
  readonly payload: string;
}

/** Why a record was refused, and the record as it was sent. */
export function RecordFault({ error: { code, message, line, column }, payload, index }: RecordFaultProps) {
  return (
    <div className="record-fault">
      <p>
        <span className="mistake">
          <Rich text={sentence(message)} />
        </span>{" "}
        <span className="quiet">
          <code>{code}</code>
          {line !== undefined && `, ${t.sources.place(line, column)}`}
        </span>
      </p>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: keys scroll it */}
      <section className="payload" tabIndex={0} aria-label={t.sources.payload(index)}>
        <pre>{payload}</pre>
      </section>
    </div>
  );
}
