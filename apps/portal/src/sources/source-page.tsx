import { useMutation } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { useApi } from "../api/api-context.ts";
import type { Source } from "../api/source-answers.ts";
import { useWho } from "../api/who-context.ts";
import { Page, PageProblem } from "../frame/page.tsx";
import { AskFirst } from "../shared/ask-first.tsx";
import { Mistake } from "../shared/form.tsx";
import { t } from "../texts/texts.ts";
import { showView } from "../view/use-view.ts";
import { PLAIN_VIEW, type View } from "../view/view.ts";
import { GapsPanel } from "./gaps-panel.tsx";
import { OtherSidePanel } from "./other-side-panel.tsx";
import { RejectsPanel } from "./rejects-panel.tsx";
import { SettingsPanel } from "./settings-panel.tsx";
import { sourcesLink } from "./source-links.ts";
import { StandingPanel } from "./standing-panel.tsx";
import { TrialPanel } from "./trial-panel.tsx";
import { useKinds, useSource, useSourcesRefresh } from "./use-sources.ts";

interface SourcePageProps {
  readonly id: string;
  readonly view: View;
  /** IANA name. */
  readonly zone: string;
}

/** One source: how it stands, what is missing, what was refused, and everything that can be changed about it. */
export function SourcePage({ id, view, zone }: SourcePageProps) {
  const who = useWho();
  const { data: source, error } = useSource(id);
  const kinds = useKinds();
  const back = (
    <a className="button" href={sourcesLink(view.zone)}>
      {t.sources.back}
    </a>
  );
  if (source === undefined || kinds.data === undefined) {
    return (
      <Page title={t.pages.sources} tools={back}>
        <PageProblem error={error ?? kinds.error} />
      </Page>
    );
  }
  const kind = kinds.data.kinds.find((each) => each.kind === source.kind);
  const mayChange = who.can("sources:write");
  return (
    <Page
      title={source.name}
      lead={kind?.title ?? source.kind}
      tools={
        <Tools source={source} view={view}>
          {back}
        </Tools>
      }
    >
      <div className="panels panels-two">
        <StandingPanel source={source} view={view} zone={zone} />
        <GapsPanel source={source} view={view} zone={zone} />
      </div>
      {mayChange && <TrialPanel source={source} />}
      {who.can("refused:read") && <RejectsPanel source={source} zone={zone} />}
      <OtherSidePanel source={source} />
      <SettingsPanel source={source} kind={kind} />
    </Page>
  );
}

interface ToolsProps {
  readonly source: Source;
  readonly view: View;
  readonly children: ReactNode;
}

/** On and off, and gone. */
function Tools({ source, view, children }: ToolsProps) {
  const api = useApi();
  const who = useWho();
  const refresh = useSourcesRefresh();
  const path = `/v1/sources/${source.id}`;
  const turn = useMutation({
    mutationFn: () => api.send("PATCH", path, { body: { enabled: !source.enabled } }),
    onSettled: refresh,
  });
  const remove = useMutation({
    mutationFn: () => api.send("DELETE", path),
    async onSuccess() {
      showView({ ...PLAIN_VIEW, page: "sources", zone: view.zone }, "same");
      await refresh();
    },
  });
  return (
    <div className="source-tools">
      <div className="notice-actions">
        {children}
        {who.can("sources:write") && (
          <>
            <button type="button" className="button" disabled={turn.isPending} onClick={() => turn.mutate()}>
              {source.enabled ? t.sources.switchOff : t.sources.switchOn}
            </button>
            <AskFirst
              label={t.sources.remove}
              question={t.sources.removeText}
              isBusy={remove.isPending}
              onDo={() => remove.mutate()}
            />
          </>
        )}
      </div>
      <Mistake error={turn.error ?? remove.error} />
    </div>
  );
}
