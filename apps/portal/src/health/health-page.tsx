import { useQuery } from "@tanstack/react-query";
import { useApi } from "../api/api-context.ts";
import { isRefusal, problemOf } from "../api/problem.ts";
import { useWho } from "../api/who-context.ts";
import { Page, PageProblem } from "../frame/page.tsx";
import { Icon, type IconName } from "../shared/icon.tsx";
import { Notice } from "../shared/notice.tsx";
import { t } from "../texts/texts.ts";
import { type Judgement, judge } from "./judge.ts";
import { readMetrics } from "./metrics.ts";

const LOOK_MS = 5_000;
const ICONS: Readonly<Record<Judgement["state"], IconName>> = { good: "check", watch: "clock", bad: "alert" };

/** How the instance is doing, for its operators. */
export default function HealthPage() {
  const who = useWho();
  if (who.operator) return <Health />;
  return (
    <Page title={t.pages.health}>
      <Notice title={t.health.notYours}>
        <p>{t.health.notYoursText}</p>
      </Notice>
    </Page>
  );
}

/** Acknowledgement, sealing, search, disk, memory, in words. */
function Health() {
  const api = useApi();
  const { data, error } = useQuery({
    queryKey: ["health"],
    queryFn: async ({ signal }) => {
      const [text, isAccepting] = await Promise.all([api.text("/metrics", signal), accepts(api.text, signal)]);
      return { text, judgements: judge(readMetrics(text), isAccepting) };
    },
    refetchInterval: LOOK_MS,
  });
  return (
    <Page title={t.pages.health} lead={t.health.lead}>
      {data === undefined ? (
        <PageProblem error={error} />
      ) : (
        <>
          <ul className="cards health">
            {data.judgements.map(({ part, state, text }) => (
              <li key={part} className={`card is-${state}`}>
                <h2>
                  {part}
                  <span className="health-state">
                    <Icon name={ICONS[state]} />
                    {t.health.states[state]}
                  </span>
                </h2>
                <p>{text}</p>
              </li>
            ))}
          </ul>
          <details className="page-more">
            <summary>{t.health.all}</summary>
            <pre>{data.text}</pre>
          </details>
        </>
      )}
    </Page>
  );
}

/** A server that has stopped taking events answers, and says so. */
async function accepts(
  ask: (path: string, signal: AbortSignal) => Promise<string>,
  signal: AbortSignal,
): Promise<boolean> {
  try {
    await ask("/healthz", signal);
    return true;
  } catch (error) {
    if (isRefusal(problemOf(error), "internal")) return false;
    throw error;
  }
}
