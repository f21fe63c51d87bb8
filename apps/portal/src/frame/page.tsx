import type { ReactNode } from "react";
import { problemOf } from "../api/problem.ts";
import { explainProblem } from "../shared/explain-problem.ts";
import { Notice } from "../shared/notice.tsx";
import { t } from "../texts/texts.ts";

interface PageProps {
  readonly title: string;
  /** What the page is for, in a sentence. */
  readonly lead?: string;
  readonly tools?: ReactNode;
  readonly children: ReactNode;
}

/** A page that is read from top to bottom. */
export function Page({ title, lead, tools, children }: PageProps) {
  return (
    <main className="reading">
      <header className="reading-head">
        <div>
          <h1>{title}</h1>
          {lead !== undefined && <p className="quiet">{lead}</p>}
        </div>
        {tools}
      </header>
      {children}
    </main>
  );
}

/** What stands on a page, or a part of it, until its answer is there. */
export function PageProblem({ error }: { readonly error: Error | null }) {
  const problem = error === null ? undefined : problemOf(error);
  if (problem === undefined) return <p className="quiet">{t.loading}</p>;
  const { title, text } = explainProblem(problem);
  return (
    <Notice title={title}>
      <p role="alert">{text}</p>
    </Notice>
  );
}
