import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { useApi } from "../api/api-context.ts";
import type { PresetsAnswer, SourceKind, TokenSource } from "../api/source-answers.ts";
import { useWho } from "../api/who-context.ts";
import { Page, PageProblem } from "../frame/page.tsx";
import { Panel } from "../overview/ranked.tsx";
import { stepsOf, usesToken } from "../texts/en/source-steps.ts";
import { t } from "../texts/texts.ts";
import type { View } from "../view/view.ts";
import { OtherSide } from "./other-side.tsx";
import { SourceForm } from "./source-form.tsx";
import { setUpLink, sourceLink } from "./source-links.ts";
import { usePlace } from "./use-place.ts";
import { useKinds, usePresets, useSourcesRefresh } from "./use-sources.ts";

interface SetUpPageProps {
  /** The name of the kind. */
  readonly kind: string;
  readonly view: View;
}

/** Sets up a source of a kind: what to do at the other side, what to tell here, and what to paste there. */
export function SetUpPage({ kind: name, view }: SetUpPageProps) {
  const who = useWho();
  const kinds = useKinds();
  const presets = usePresets();
  const kind = kinds.data?.kinds.find((each) => each.kind === name);
  const back = (
    <a className="button" href={setUpLink("which", view.zone)}>
      {t.sources.otherKinds}
    </a>
  );
  if (kinds.data === undefined || presets.data === undefined || kind === undefined || !who.can("sources:write")) {
    const isKnown = kinds.data === undefined || kind !== undefined;
    return (
      <Page title={t.sources.setUp} tools={back}>
        {!who.can("sources:write") ? (
          <p>{t.sources.mayNot}</p>
        ) : isKnown ? (
          <PageProblem error={kinds.error ?? presets.error} />
        ) : (
          <p>{t.sources.unknownKind}</p>
        )}
      </Page>
    );
  }
  return (
    <Page title={kind.title} lead={t.sources.arrives[kind.arrives] ?? t.sources.setUp} tools={back}>
      <SetUp kind={kind} shipped={presets.data} view={view} />
    </Page>
  );
}

interface SetUpProps {
  readonly kind: SourceKind;
  readonly shipped: PresetsAnswer;
  readonly view: View;
}

function SetUp({ kind, shipped, view }: SetUpProps) {
  const api = useApi();
  const refresh = useSourcesRefresh();
  const [made, setMade] = useState<TokenSource>();
  const make = useMutation({
    mutationFn: (body: object) => api.send<TokenSource>("POST", "/v1/sources", { body }),
    async onSuccess(source) {
      setMade(source);
      await refresh();
    },
  });
  if (made !== undefined) return <Made source={made} view={view} />;
  const isPolled = kind.arrives === "poller";
  const first = { kind: kind.kind, url: null, token: undefined, preset: undefined, settings: {} };
  return (
    <>
      {isPolled && stepsOf(first).length > 0 && (
        <Panel title={t.sources.otherSideFirst} width="full">
          <OtherSide {...first} />
        </Panel>
      )}
      <Panel title={t.sources.settings} width="full">
        <SourceForm
          kind={kind}
          shipped={shipped}
          known={undefined}
          submit={t.sources.make}
          isBusy={make.isPending}
          error={make.error}
          onSubmit={(draft) => make.mutate({ kind: kind.kind, ...draft })}
        />
      </Panel>
    </>
  );
}

interface MadeProps {
  readonly source: TokenSource;
  readonly view: View;
}

/** What to do now that it is there. The token is shown this once. */
function Made({ source, view }: MadeProps) {
  const { kind, url, token, settings, name, arrives } = source;
  const preset = typeof settings.preset === "string" ? settings.preset : undefined;
  const ask = { kind, url, token, preset, settings, place: usePlace() };
  return (
    <section className="panel">
      <p role="status">{t.sources.made(name)}</p>
      {arrives !== "poller" && stepsOf(ask).length > 0 && (
        <>
          <h2>{t.sources.otherSideMade}</h2>
          <OtherSide {...ask} />
        </>
      )}
      {usesToken(ask) && <p className="quiet">{t.sources.tokenOnce}</p>}
      <p>
        <a className="button primary" href={sourceLink(source.id, view.zone)}>
          {t.sources.toSource}
        </a>
      </p>
    </section>
  );
}
