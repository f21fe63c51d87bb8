import type { RecordedEvent } from "@cairn/event";
import type { ReactNode } from "react";
import type { Api } from "../api/client.ts";
import { forgetLog } from "../proof/memory.ts";
import type { Contradiction, ProofState } from "../proof/state.ts";
import { Icon, type IconName } from "../shared/icon.tsx";
import { number } from "../texts/format.ts";
import { Rich } from "../texts/rich.tsx";
import { t } from "../texts/texts.ts";
import { showMoment } from "../view/times.ts";
import { DownloadButton } from "./download-button.tsx";
import { useProof } from "./use-proof.ts";

interface ProofPanelProps {
  readonly api: Api;
  readonly event: RecordedEvent;
  /** IANA name. */
  readonly zone: string;
}

/** Says what is proved about an event, what is not, and who checked it. */
export function ProofPanel({ api, event, zone }: ProofPanelProps) {
  const { state, again } = useProof(api, event);
  return (
    <section
      className={`proof proof-${state.kind}`}
      aria-label={t.proof.label}
      aria-live="polite"
      data-proof={state.kind}
    >
      <ProofContent state={state} event={event} zone={zone} again={again} />
    </section>
  );
}

interface ContentProps {
  readonly state: ProofState;
  readonly event: RecordedEvent;
  readonly zone: string;
  readonly again: () => void;
}

function ProofContent({ state, event, zone, again }: ContentProps) {
  switch (state.kind) {
    case "checking":
      return <Headline icon="clock">{t.proof.checking}</Headline>;
    case "pending":
      return (
        <>
          <Headline icon="clock">{t.proof.pending}</Headline>
          <p>{t.proof.pendingText}</p>
        </>
      );
    case "other-ledger":
      return (
        <>
          <Headline icon="question">{t.proof.otherLedger}</Headline>
          <p>
            <Rich text={t.proof.otherLedgerText(event.ledger, state.ledger)} />
          </p>
        </>
      );
    case "unchecked":
      return (
        <>
          <Headline icon="question">{t.proof.unchecked}</Headline>
          <p>{t.proof.uncheckedText(state.why)}</p>
          <Again again={again} />
        </>
      );
    case "verified":
      return <Verified state={state} event={event} zone={zone} />;
    case "failed":
      return (
        <>
          <Headline icon="alert">{t.proof.failed(state.message)}</Headline>
          <p>
            <Rich text={t.proof.failedText} />
          </p>
          {state.against !== undefined && <Against against={state.against} zone={zone} again={again} />}
          <Again again={again} />
        </>
      );
  }
}

function Again({ again }: { readonly again: () => void }) {
  return (
    <button type="button" className="button" onClick={again}>
      {t.proof.again}
    </button>
  );
}

function Headline({ icon, children }: { readonly icon: IconName; readonly children: ReactNode }) {
  return (
    <h3 className="proof-headline">
      <Icon name={icon} />
      <span>{children}</span>
    </h3>
  );
}

interface VerifiedProps {
  readonly state: Extract<ProofState, { readonly kind: "verified" }>;
  readonly event: RecordedEvent;
  readonly zone: string;
}

function Verified({ state, event, zone }: VerifiedProps) {
  const entry = number(event.sequence);
  const size = number(state.size);
  return (
    <>
      <Headline icon="shield">{t.proof.verified(entry, size)}</Headline>
      {state.isRemembered && <p>{t.proof.plain}</p>}
      {state.withheldCount > 0 && <p>{t.proof.withheld(state.withheldCount)}</p>}
      <details>
        <summary>{t.proof.what}</summary>
        <h4>{t.proof.proved}</h4>
        <ul>
          <li>{t.proof.values(showMoment(event.received_at, zone))}</li>
          <li>
            <Rich text={t.proof.entry(entry, state.origin, size, state.keyId)} />
          </li>
          <li>{pastSentence(state, zone)}</li>
        </ul>
        <h4>{t.proof.notProved}</h4>
        <ul>
          <li>{t.proof.truth}</li>
          <li>
            <Rich text={t.proof.key(state.keyId)} />
          </li>
          <li>
            <Rich text={t.proof.others} />
          </li>
        </ul>
        <DownloadButton
          label={t.proof.download}
          name={`${event.ledger}-${event.sequence}.tlog-proof`}
          content={state.proof}
        />
      </details>
    </>
  );
}

function pastSentence({ past, isRemembered }: VerifiedProps["state"], zone: string): string {
  if (!isRemembered) return t.proof.forgetful;
  switch (past.kind) {
    case "first":
      return t.proof.first;
    case "kept":
      return t.proof.kept(number(past.size), showMoment(past.seen, zone), showMoment(past.firstSeen, zone));
    case "uncompared":
      return t.proof.uncompared;
  }
}

interface AgainstProps {
  readonly against: Contradiction;
  readonly zone: string;
  readonly again: () => void;
}

/** Both claims, to be kept as evidence; and the way out for whoever knows why the log changed. */
function Against({ against, zone, again }: AgainstProps) {
  const { name, remembered, claimed } = against;
  return (
    <details>
      <summary>{t.proof.before}</summary>
      <p>{t.proof.beforeText(showMoment(remembered.seen, zone), number(remembered.size))}</p>
      <pre>{remembered.note}</pre>
      {claimed !== undefined && (
        <>
          <p>{t.proof.now}</p>
          <pre>{claimed}</pre>
        </>
      )}
      <p>{t.proof.harmless}</p>
      <button
        type="button"
        className="button"
        onClick={() => {
          forgetLog(name);
          again();
        }}
      >
        {t.proof.forget}
      </button>
    </details>
  );
}
