import { useId, useRef } from "react";
import { isRefusal, problemOf } from "../api/problem.ts";
import { QueryField } from "../query/query-field.tsx";
import { t } from "../texts/texts.ts";

const ALL_TIME = { fromMs: undefined, toMs: undefined };

interface WallFieldProps {
  readonly wall: string;
  readonly onWall: (wall: string) => void;
  /** What went wrong when the form was sent: a mistake in the wall is shown where it is. */
  readonly error: Error | null;
  /** The wall that was sent. */
  readonly sent: string | undefined;
}

/** The query that nothing a reader asks can leave, written with the same help as any other query. */
export function WallField({ wall, onWall, error, sent }: WallFieldProps) {
  const id = useId();
  const input = useRef<HTMLInputElement>(null);
  const problem = error === null ? undefined : problemOf(error);
  const fault =
    problem?.kind === "refused" && isRefusal(problem, "query_invalid") && wall === sent ? problem : undefined;
  return (
    <div className="field">
      <label htmlFor={id}>{t.members.wall}</label>
      <div className="query">
        <QueryField
          id={id}
          text={wall}
          onText={onWall}
          placeholder={t.members.wallPlaceholder}
          bounds={ALL_TIME}
          fault={fault}
          input={input}
          describedBy={`${id}-hint`}
        />
      </div>
      <p className="quiet field-hint" id={`${id}-hint`}>
        {t.members.wallText}
      </p>
    </div>
  );
}

/** Tells whether what went wrong is told in the field of the wall. */
export function isAboutWall(error: Error | null): boolean {
  return error !== null && isRefusal(problemOf(error), "query_invalid");
}
