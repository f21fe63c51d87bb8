import type { RecordedEvent } from "@cairn/event";
import { type SyntheticEvent, useState } from "react";
import type { TenantAnswer } from "../api/answers.ts";
import { useApi } from "../api/api-context.ts";
import { ProofPanel } from "../detail/proof-panel.tsx";
import { useSentence } from "../event/use-sentence.ts";
import { t } from "../texts/texts.ts";
import { formatView, PLAIN_VIEW } from "../view/view.ts";
import { readPasted } from "./read-pasted.ts";

interface PastedProofProps {
  readonly tenant: TenantAnswer;
  /** IANA name. */
  readonly zone: string;
}

/** Checks an event that somebody has as JSON, from an export or a mail, against the log: every value of it. */
export function PastedProof({ tenant, zone }: PastedProofProps) {
  const [text, setText] = useState("");
  const [event, setEvent] = useState<RecordedEvent>();
  const [mistake, setMistake] = useState<string>();
  const submit = (submitted: SyntheticEvent) => {
    submitted.preventDefault();
    const read = readPasted(text, tenant);
    setEvent(read.kind === "event" ? read.event : undefined);
    setMistake(read.kind === "event" ? undefined : t.integrity.mistakes[read.why]);
  };
  return (
    <section className="panel">
      <h2>{t.integrity.paste}</h2>
      <form className="paste" onSubmit={submit}>
        <label htmlFor="pasted">{t.integrity.pasteLabel}</label>
        <textarea
          id="pasted"
          rows={6}
          value={text}
          spellCheck={false}
          placeholder='{"id": "…", "action": "…", …, "ledger": 1, "sequence": 41}'
          onChange={(changed) => setText(changed.target.value)}
        />
        <button type="submit" className="button">
          {t.integrity.check}
        </button>
      </form>
      {mistake !== undefined && (
        <p className="mistake" role="alert">
          {mistake}
        </p>
      )}
      {event !== undefined && <Verdict key={`${event.ledger}/${event.sequence} ${text}`} event={event} zone={zone} />}
    </section>
  );
}

function Verdict({ event, zone }: { readonly event: RecordedEvent; readonly zone: string }) {
  const sentence = useSentence(event);
  const place = { ledger: event.ledger, sequence: event.sequence };
  return (
    <>
      <p>
        <a href={formatView({ ...PLAIN_VIEW, place })}>{sentence}</a>
      </p>
      <ProofPanel api={useApi()} event={event} zone={zone} />
    </>
  );
}
