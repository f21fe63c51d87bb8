import { useQuery } from "@tanstack/react-query";
import type { TenantAnswer } from "../api/answers.ts";
import { useApi } from "../api/api-context.ts";
import { Page, PageProblem } from "../frame/page.tsx";
import { CopyButton } from "../shared/copy-button.tsx";
import { Icon } from "../shared/icon.tsx";
import { number } from "../texts/format.ts";
import { Rich } from "../texts/rich.tsx";
import { t } from "../texts/texts.ts";
import { showMoment } from "../view/times.ts";
import { examineLog, type LogExamination } from "./examine-log.ts";
import { PastedProof } from "./pasted-proof.tsx";

interface IntegrityPageProps {
  readonly tenant: TenantAnswer | undefined;
  /** IANA name. */
  readonly zone: string;
}

/** What is sealed, what that promises and what not, and the proof of an event that somebody has at hand. */
export default function IntegrityPage({ tenant, zone }: IntegrityPageProps) {
  const api = useApi();
  const { data, error } = useQuery({
    queryKey: ["integrity"],
    queryFn: ({ signal }) => examineLog(api, signal),
    refetchInterval: 15_000,
  });
  return (
    <Page title={t.pages.integrity} lead={t.integrity.lead}>
      {data === undefined ? (
        <PageProblem error={error} />
      ) : data === null ? (
        <p>{t.integrity.walled}</p>
      ) : (
        <>
          <section className={`proof proof-${data.verdict.kind === "good" ? "verified" : "failed"}`} aria-live="polite">
            <h2 className="proof-headline">
              <Icon name={data.verdict.kind === "good" ? "shield" : "alert"} />
              <span>
                {data.verdict.kind === "good"
                  ? t.integrity.good(number(data.signedSize))
                  : t.integrity.bad(data.verdict.message)}
              </span>
            </h2>
            <p>{pastSentence(data, zone)}</p>
          </section>
          <section className="panel">
            <h2>{t.integrity.log}</h2>
            <dl className="facts">
              <Fact name={t.integrity.recorded} value={number(data.log.size)} />
              <Fact name={t.integrity.sealed} value={number(data.signedSize)} />
              <Fact name={t.integrity.ledger} value={String(data.log.ledger)} />
              <Fact name={t.integrity.origin} value={data.log.origin} />
              <Fact name={t.integrity.key} value={data.log.vkey} />
              <Fact name={t.integrity.root} value={data.root} />
            </dl>
            <details>
              <summary>{t.integrity.checkpoint}</summary>
              <pre>{data.note}</pre>
              <CopyButton label={t.integrity.copyCheckpoint} text={data.note} />
            </details>
          </section>
        </>
      )}
      {data !== null && tenant !== undefined && <PastedProof tenant={tenant} zone={zone} />}
      <section className="panel">
        <h2>{t.integrity.promised}</h2>
        <ul>
          {t.integrity.promises.map((promise) => (
            <li key={promise}>
              <Rich text={promise} />
            </li>
          ))}
        </ul>
        <h2>{t.integrity.notPromised}</h2>
        <ul>
          {t.integrity.limits.map((limit) => (
            <li key={limit}>
              <Rich text={limit} />
            </li>
          ))}
        </ul>
      </section>
    </Page>
  );
}

function Fact({ name, value }: { readonly name: string; readonly value: string }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>
        <code>{value}</code>
      </dd>
    </div>
  );
}

function pastSentence({ past }: LogExamination, zone: string): string {
  switch (past.kind) {
    case "first":
      return t.proof.first;
    case "kept":
      return t.proof.kept(number(past.size), showMoment(past.seen, zone), showMoment(past.firstSeen, zone));
    case "uncompared":
      return t.proof.uncompared;
    case "broken":
      return t.integrity.broken;
  }
}
