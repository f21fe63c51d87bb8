import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { useApi } from "../api/api-context.ts";
import type { Source, TrialAnswer } from "../api/source-answers.ts";
import { Panel } from "../overview/ranked.tsx";
import { sentence } from "../shared/explain-problem.ts";
import { AreaField, Form, Mistake } from "../shared/form.tsx";
import { t } from "../texts/texts.ts";
import { EventHead } from "./mapping/preview-items.tsx";
import { RecordFault } from "./record-fault.tsx";

/** Tries a source without recording anything: a pasted sample, or one look at what is polled. */
export function TrialPanel({ source }: { readonly source: Source }) {
  const isLooked = source.arrives === "poller" || source.arrives === "folder";
  return (
    <Panel title={t.sources.test} width="full" note={isLooked ? t.sources.testPoller : t.sources.testWebhook}>
      {isLooked && <Look source={source} />}
      {source.arrives === "folder" && <p className="quiet">{t.sources.testWebhook}</p>}
      {source.arrives !== "poller" && <Sample source={source} />}
    </Panel>
  );
}

function Sample({ source }: { readonly source: Source }) {
  const api = useApi();
  const [sample, setSample] = useState("");
  const test = useMutation({
    mutationFn: () => api.send<TrialAnswer>("POST", `/v1/sources/${source.id}/test`, { body: { sample } }),
  });
  return (
    <>
      <Form
        submit={t.sources.map}
        isBusy={test.isPending || sample.trim() === ""}
        error={test.error}
        onSubmit={() => test.mutate()}
      >
        <AreaField label={t.sources.sample} value={sample} rows={5} onChange={setSample} />
      </Form>
      {test.data !== undefined && <Found answer={test.data} />}
    </>
  );
}

function Look({ source }: { readonly source: Source }) {
  const api = useApi();
  const path = `/v1/sources/${source.id}`;
  const test = useMutation({ mutationFn: () => api.send<TrialAnswer>("POST", `${path}/test`, { body: {} }) });
  const collect = useMutation({ mutationFn: () => api.send<object>("POST", `${path}/collect`) });
  return (
    <>
      <p className="notice-actions">
        <button type="button" className="button" disabled={test.isPending} onClick={() => test.mutate()}>
          {test.isPending ? t.sources.looking : t.sources.look}
        </button>
        <button
          type="button"
          className="button"
          disabled={collect.isPending || !source.enabled}
          onClick={() => collect.mutate()}
        >
          {t.sources.collect}
        </button>
      </p>
      <Mistake error={test.error ?? collect.error} />
      {collect.isSuccess && <p role="status">{t.sources.collected}</p>}
      {test.data !== undefined && <Found answer={test.data} />}
    </>
  );
}

/** What a trial found, as far as it is told. */
function Found({ answer }: { readonly answer: TrialAnswer }) {
  const { ok, count, skipped, refused, message, events = [] } = answer;
  const refusals = typeof refused === "number" ? [] : refused;
  const refusedCount = typeof refused === "number" ? refused : refused.length;
  const said = [
    t.sources.found(count),
    ...(refusedCount === 0 ? [] : [t.sources.refusedCount(refusedCount)]),
    ...(skipped === 0 ? [] : [t.sources.skippedCount(skipped)]),
  ];
  return (
    <div className="trial">
      <p className={ok ? "trial-good" : "mistake"} role="status">
        <strong>{ok ? t.sources.works : t.sources.worksNot}</strong>:{" "}
        {message === null ? said.join(", ") : sentence(message)}
      </p>
      {events.length > 0 && (
        <ul className="trial-events">
          {events.map((event, i) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: events are told by their place in the sample
            <li key={i}>
              <details>
                <summary>
                  <EventHead event={event} title={t.sources.mapping.event(i + 1)} />
                </summary>
                <pre>{JSON.stringify(event, null, 2)}</pre>
              </details>
            </li>
          ))}
        </ul>
      )}
      {events.length < count && events.length > 0 && <p className="quiet">{t.sources.firstShown(events.length)}</p>}
      {refusals.map(({ error, text }, i) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: records are told by their place in the sample
        <RecordFault key={i} index={i + 1} error={error} payload={text} />
      ))}
    </div>
  );
}
