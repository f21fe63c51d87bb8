import { useQuery } from "@tanstack/react-query";
import type { TenantSettings } from "../api/access-answers.ts";
import { useApi } from "../api/api-context.ts";
import { useWho } from "../api/who-context.ts";
import { Page, PageProblem } from "../frame/page.tsx";
import { Panel } from "../overview/ranked.tsx";
import { t } from "../texts/texts.ts";
import { DefaultViewPanel } from "./default-view-panel.tsx";
import { OperatorPanel } from "./operator-panel.tsx";
import { ProviderPanel } from "./provider-panel.tsx";
import { SecurityPanel } from "./security-panel.tsx";
import { TenantPanel } from "./tenant-panel.tsx";

/** What holds for this log: its name, whom it takes for people, who else may read it, how its people sign in. */
export default function SettingsPage({ zone }: { readonly zone: string }) {
  const api = useApi();
  const who = useWho();
  const { data: settings, error } = useQuery({
    queryKey: ["settings"],
    queryFn: ({ signal }) => api.get<TenantSettings>("/v1/settings", signal),
  });
  return (
    <Page title={t.pages.settings} lead={t.settings.lead}>
      {settings === undefined ? (
        <PageProblem error={error} />
      ) : (
        <div className="panels panels-two">
          <TenantPanel key={keyOf(settings)} settings={settings} />
          <SecurityPanel settings={settings} />
          <DefaultViewPanel />
          <OperatorPanel settings={settings} zone={zone} />
          {who.can("settings:read") && <ProviderPanel />}
          <Panel title={t.settings.retention}>
            <p>{t.settings.retentionText}</p>
          </Panel>
        </div>
      )}
    </Page>
  );
}

/** The form of the tenant begins anew when what it is about was changed, and not for what other panels save. */
function keyOf({ name, person_target_types, public_log }: TenantSettings): string {
  return JSON.stringify([name, person_target_types, public_log]);
}
