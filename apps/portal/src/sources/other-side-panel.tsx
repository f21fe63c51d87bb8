import { useMutation } from "@tanstack/react-query";
import { useApi } from "../api/api-context.ts";
import type { Source, TokenSource } from "../api/source-answers.ts";
import { useWho } from "../api/who-context.ts";
import { Panel } from "../overview/ranked.tsx";
import { AskFirst } from "../shared/ask-first.tsx";
import { Mistake } from "../shared/form.tsx";
import { stepsOf, usesToken } from "../texts/en/source-steps.ts";
import { t } from "../texts/texts.ts";
import { OtherSide } from "./other-side.tsx";
import { usePlace } from "./use-place.ts";
import { useSourcesRefresh } from "./use-sources.ts";

/** What was done at the other side, to be looked up, and another token where there is one. */
export function OtherSidePanel({ source }: { readonly source: Source }) {
  const api = useApi();
  const who = useWho();
  const refresh = useSourcesRefresh();
  const renew = useMutation({
    mutationFn: () => api.send<TokenSource>("POST", `/v1/sources/${source.id}/token`),
    onSuccess: refresh,
  });
  const token = renew.data?.token;
  const { preset } = source.settings;
  const place = usePlace();
  const ask = {
    place,
    ...{ kind: source.kind, url: source.url, token, settings: source.settings },
    preset: typeof preset === "string" ? preset : undefined,
  };
  const mayRenew = usesToken(ask) && who.can("sources:write");
  if (stepsOf(ask).length === 0 && !mayRenew) return null;
  return (
    <Panel title={t.sources.otherSide} width="full">
      <OtherSide {...ask} />
      {token !== undefined && <p role="status">{t.sources.tokenOnce}</p>}
      <Mistake error={renew.error} />
      {mayRenew && (
        <p className="notice-actions">
          <AskFirst
            label={t.sources.tokenNew}
            question={t.sources.tokenNewText}
            isBusy={renew.isPending}
            onDo={() => renew.mutate()}
          />
        </p>
      )}
    </Panel>
  );
}
