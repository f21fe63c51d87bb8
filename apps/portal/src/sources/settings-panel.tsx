import type { Json } from "@cairn/event";
import { useMutation } from "@tanstack/react-query";
import { useApi } from "../api/api-context.ts";
import type { Source, SourceKind } from "../api/source-answers.ts";
import { useWho } from "../api/who-context.ts";
import { PageProblem } from "../frame/page.tsx";
import { Panel } from "../overview/ranked.tsx";
import { t } from "../texts/texts.ts";
import { settingName } from "./setting-input.tsx";
import { SourceForm } from "./source-form.tsx";
import { usePresets, useSourcesRefresh } from "./use-sources.ts";

interface SettingsPanelProps {
  readonly source: Source;
  /** Undefined for a kind that this server does not know any more. */
  readonly kind: SourceKind | undefined;
}

/** What a source was told, to be changed by whoever may, and read by the others. */
export function SettingsPanel({ source, kind }: SettingsPanelProps) {
  const who = useWho();
  const mayChange = kind !== undefined && who.can("sources:write");
  return (
    <Panel title={t.sources.settings} width="full">
      {mayChange ? <ChangeForm source={source} kind={kind} /> : <Told source={source} />}
    </Panel>
  );
}

function ChangeForm({ source, kind }: { readonly source: Source; readonly kind: SourceKind }) {
  const api = useApi();
  const refresh = useSourcesRefresh();
  const { data: shipped, error } = usePresets();
  const save = useMutation({
    mutationFn: (body: object) => api.send<Source>("PATCH", `/v1/sources/${source.id}`, { body }),
    onSuccess: refresh,
  });
  if (shipped === undefined) return <PageProblem error={error} />;
  return (
    <SourceForm
      // What was saved, here or by somebody else, is what is changed next.
      key={source.version}
      kind={kind}
      shipped={shipped}
      known={source}
      submit={t.sources.save}
      isBusy={save.isPending}
      error={save.error}
      tools={save.isSuccess && <span role="status">{t.forms.saved}</span>}
      onSubmit={({ secrets, ...draft }) =>
        save.mutate({ ...draft, ...(Object.keys(secrets).length === 0 ? {} : { secrets }) })
      }
    />
  );
}

function Told({ source: { settings, secrets } }: { readonly source: Source }) {
  return (
    <dl className="facts">
      {Object.entries(settings).map(([name, value]) => (
        <div key={name}>
          <dt>{settingName(name)}</dt>
          <dd>{told(value)}</dd>
        </div>
      ))}
      {secrets.map((name) => (
        <div key={name}>
          <dt>{settingName(name)}</dt>
          <dd className="quiet">{t.sources.sealed}</dd>
        </div>
      ))}
    </dl>
  );
}

function told(value: Json) {
  if (typeof value === "boolean") return value ? t.sources.yes : t.sources.no;
  if (typeof value === "string" || typeof value === "number") return String(value);
  return <pre>{JSON.stringify(value, null, 2)}</pre>;
}
