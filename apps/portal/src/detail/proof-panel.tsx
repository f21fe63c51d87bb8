import type { RecordedEvent } from "@cairn/event";
import type { ReactNode } from "react";
import type { Api } from "../api/client.ts";
import { forgetLog } from "../proof/memory.ts";
import type { Contradiction, ProofState } from "../proof/state.ts";
import { Icon, type IconName } from "../shared/icon.tsx";
import { showMoment } from "../view/times.ts";
import type { Zone } from "../view/view.ts";
import { DownloadButton } from "./download-button.tsx";
import { useProof } from "./use-proof.ts";

interface ProofPanelProps {
  readonly api: Api;
  readonly event: RecordedEvent;
  readonly zone: Zone;
}

/** Says what is proved about an event, what is not, and who checked it. */
export function ProofPanel({ api, event, zone }: ProofPanelProps) {
  const { state, again } = useProof(api, event);
  return (
    <section className={`proof proof-${state.kind}`} aria-label="Proof" aria-live="polite" data-proof={state.kind}>
      <ProofContent state={state} event={event} zone={zone} again={again} />
    </section>
  );
}

interface ContentProps {
  readonly state: ProofState;
  readonly event: RecordedEvent;
  readonly zone: Zone;
  readonly again: () => void;
}

function ProofContent({ state, event, zone, again }: ContentProps) {
  switch (state.kind) {
    case "checking":
      return <Headline icon="clock">Checking the proof …</Headline>;
    case "pending":
      return (
        <>
          <Headline icon="clock">Not sealed yet</Headline>
          <p>
            The event is recorded. It is sealed into the log within ten seconds of being received; this page waits for
            that.
          </p>
        </>
      );
    case "other-ledger":
      return (
        <>
          <Headline icon="question">Sealed in an earlier ledger</Headline>
          <p>
            This event is in ledger {event.ledger}; the log goes on in ledger {state.ledger}. This page checks the
            present one only: <code>cairn verify</code> checks an evidence bundle of either.
          </p>
        </>
      );
    case "unchecked":
      return (
        <>
          <Headline icon="question">The proof could not be checked</Headline>
          <p>{state.why} What is shown is not wrong for that, only unchecked.</p>
          <button type="button" className="button" onClick={again}>
            Check again
          </button>
        </>
      );
    case "verified":
      return <Verified state={state} event={event} zone={zone} />;
    case "failed":
      return (
        <>
          <Headline icon="alert">Does not verify: {state.message}</Headline>
          <p>
            Do not rely on this event as it is shown. Something between the log and this page changed it, or the log
            itself was changed. Compare with <code>cairn verify</code> on another machine, and tell whoever answers for
            this log.
          </p>
          {state.against !== undefined && <Against against={state.against} zone={zone} again={again} />}
          <button type="button" className="button" onClick={again}>
            Check again
          </button>
        </>
      );
  }
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
  readonly zone: Zone;
}

function Verified({ state, event, zone }: VerifiedProps) {
  const count = (value: number) => value.toLocaleString("en");
  return (
    <>
      <Headline icon="shield">
        Sealed as entry {count(event.sequence)} in a log of {count(state.size)}, checked in your browser
      </Headline>
      {state.withheldCount > 0 && (
        <p>
          {state.withheldCount === 1 ? "One part" : `${state.withheldCount} parts`} of this event{" "}
          {state.withheldCount === 1 ? "is" : "are"} withheld or erased. What is shown is proved; that something stood
          there is proved; what it said is not.
        </p>
      )}
      <details>
        <summary>What this proves, and what not</summary>
        <h4>Proved</h4>
        <ul>
          <li>Every value shown here is what was recorded, received at {showMoment(event.received_at, zone)}.</li>
          <li>
            It is entry {count(event.sequence)} of the log <code>{state.origin}</code>, which signed {count(state.size)}{" "}
            entries with its key <code>{state.keyId}</code>.
          </li>
          <li>{pastSentence(state, zone)}</li>
        </ul>
        <h4>Not proved</h4>
        <ul>
          <li>That what the product reported is true, and that it reported everything.</li>
          <li>
            That the key is the right one: it came from this server. Compare <code>{state.keyId}</code> with what you
            were given another way.
          </li>
          <li>
            That others are shown the same log. <code>cairn watch</code>, on a machine of theirs, finds out.
          </li>
        </ul>
        <DownloadButton
          label="Download the proof"
          name={`${event.ledger}-${event.sequence}.tlog-proof`}
          content={state.proof}
        />
      </details>
    </>
  );
}

function pastSentence({ past, isRemembered }: VerifiedProps["state"], zone: Zone): string {
  if (!isRemembered)
    return "This browser keeps nothing between visits, so that it cannot tell whether the log was rewritten since.";
  switch (past.kind) {
    case "first":
      return "This browser sees the log for the first time. From now on it notices when the log is rewritten.";
    case "kept":
      return `The ${past.size.toLocaleString("en")} entries that this browser saw at ${showMoment(past.seen, zone)} are all still there, unchanged. It has watched this log since ${showMoment(past.firstSeen, zone)}.`;
    case "uncompared":
      return "Not compared with what this browser saw of the log before: the server did not answer that part.";
  }
}

interface AgainstProps {
  readonly against: Contradiction;
  readonly zone: Zone;
  readonly again: () => void;
}

/** Both claims, to be kept as evidence; and the way out for whoever knows why the log changed. */
function Against({ against, zone, again }: AgainstProps) {
  const { name, remembered, claimed } = against;
  return (
    <details>
      <summary>What this browser saw before</summary>
      <p>
        At {showMoment(remembered.seen, zone)} the log had {remembered.size.toLocaleString("en")} entries and signed
        this:
      </p>
      <pre>{remembered.note}</pre>
      {claimed !== undefined && (
        <>
          <p>Now it signs this:</p>
          <pre>{claimed}</pre>
        </>
      )}
      <p>
        There is a harmless reason when the server was set up anew with an empty log. Only then let this browser forget
        the old one.
      </p>
      <button
        type="button"
        className="button"
        onClick={() => {
          forgetLog(name);
          again();
        }}
      >
        Forget the old log
      </button>
    </details>
  );
}
