import { useMutation } from "@tanstack/react-query";
import { useApi } from "../api/api-context.ts";
import type { RefusedAnswer } from "../api/source-answers.ts";
import { useWho } from "../api/who-context.ts";
import { writeTerm } from "../event/filter-term.ts";
import { Page } from "../frame/page.tsx";
import { Panel } from "../overview/ranked.tsx";
import { Mistake } from "../shared/form.tsx";
import { Ago, Moment } from "../shared/moment.tsx";
import { KEYED_WAYS, type KeyedWay } from "../texts/en/keyed-steps.ts";
import { t } from "../texts/texts.ts";
import { formatView, PLAIN_VIEW, type View } from "../view/view.ts";
import { Steps } from "./other-side.tsx";
import { RejectList } from "./reject-list.tsx";
import { setUpLink } from "./source-links.ts";

interface KeyedPageProps {
  readonly way: KeyedWay;
  readonly view: View;
  /** IANA name. */
  readonly zone: string;
}

/** Refused records shown. */
const SHOWN = 20;

/** Finds a way in by the name of its page. */
export function keyedWayOf(name: string): KeyedWay | undefined {
  return KEYED_WAYS.find((way) => way.name === name);
}

/** A way in that needs an API key and no source: what to paste at the other side, and what has come by it. */
export function KeyedPage({ way, view, zone }: KeyedPageProps) {
  const who = useWho();
  const back = (
    <a className="button" href={setUpLink("which", view.zone)}>
      {t.sources.otherKinds}
    </a>
  );
  return (
    <Page title={way.title} lead={t.sources.keyedText} tools={back}>
      <Panel title={t.sources.otherSide} width="full">
        <p>
          {who.can("keys:write") ? (
            <a href={formatView({ ...PLAIN_VIEW, page: "keys", zone: view.zone })}>{t.sources.keyedLink}</a>
          ) : (
            t.sources.keyedAsk
          )}
          {t.sources.keyedThen}
        </p>
        <Steps steps={way.steps(location.origin)} />
      </Panel>
      {who.can("events:read") && <Arrived way={way} view={view} zone={zone} />}
      {who.can("refused:read") && <Refused zone={zone} />}
    </Page>
  );
}

interface FoundEvents {
  readonly events: readonly { readonly occurred_at: string }[];
}

/** Looks whether anything has come. Only when somebody asks: each reading of the log is recorded in it. */
function Arrived({ way: { source }, view, zone }: KeyedPageProps) {
  const api = useApi();
  const query = writeTerm("source", source);
  const find = (order: "asc" | "desc") =>
    api.send<FoundEvents>("POST", "/v1/events/search", { body: { q: query, limit: 1, order } });
  const look = useMutation({
    mutationFn: async () => {
      const [oldest, newest] = [await find("asc"), await find("desc")];
      return { oldest: oldest.events[0]?.occurred_at ?? null, newest: newest.events[0]?.occurred_at ?? null };
    },
  });
  return (
    <Panel title={t.sources.test} width="full" note={t.sources.keyedTest}>
      <p className="notice-actions">
        <button type="button" className="button" disabled={look.isPending} onClick={() => look.mutate()}>
          {look.isPending ? t.sources.looking : t.sources.look}
        </button>
        <a className="button" href={formatView({ ...PLAIN_VIEW, zone: view.zone, query })}>
          {t.sources.keyedEvents}
        </a>
      </p>
      <Mistake error={look.error} />
      {look.data !== undefined && (
        <div role="status">
          {look.data.newest === null ? (
            <p>{t.sources.keyedNothing}</p>
          ) : (
            <dl className="facts">
              <div>
                <dt>{t.sources.keyedNewest}</dt>
                <dd>
                  <Ago at={look.data.newest} zone={zone} />
                </dd>
              </div>
              <div>
                <dt>{t.sources.keyedOldest}</dt>
                <dd>
                  <Moment at={look.data.oldest} zone={zone} />
                </dd>
              </div>
            </dl>
          )}
        </div>
      )}
    </Panel>
  );
}

/** What was refused of the last day and came by no source. */
function Refused({ zone }: Pick<KeyedPageProps, "zone">) {
  const api = useApi();
  const look = useMutation({
    mutationFn: () => api.get<RefusedAnswer>("/v1/refused?limit=1000", AbortSignal.timeout(30_000)),
  });
  const refused = look.data?.refused.filter(({ source }) => source === undefined).slice(0, SHOWN);
  return (
    <Panel title={t.sources.rejects} width="full" note={t.sources.keyedRefused}>
      <p>
        <button type="button" className="button" disabled={look.isPending} onClick={() => look.mutate()}>
          {t.sources.keyedRefusedShow}
        </button>
      </p>
      <Mistake error={look.error} />
      {refused?.length === 0 && <p>{t.sources.rejectsNone}</p>}
      {refused !== undefined && refused.length > 0 && (
        <RejectList
          rejects={refused.map(({ refused_at: at, error, event }) => ({
            ...{ at, error },
            payload: typeof event === "string" ? event : JSON.stringify(event, null, 2),
          }))}
          zone={zone}
        />
      )}
    </Panel>
  );
}
