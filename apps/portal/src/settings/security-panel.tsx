import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import type { TenantSettings } from "../api/access-answers.ts";
import { useApi } from "../api/api-context.ts";
import { useWho } from "../api/who-context.ts";
import { Panel } from "../overview/ranked.tsx";
import { sortMistakes } from "../shared/explain-problem.ts";
import { CheckField, Form, TextField } from "../shared/form.tsx";
import { t } from "../texts/texts.ts";

/** What is asked of members when they sign in, and how long that lasts. A tenant is stricter than its instance, never laxer. */
export function SecurityPanel({ settings }: { readonly settings: TenantSettings }) {
  const who = useWho();
  return (
    <Panel title={t.settings.signIn}>
      {who.can("settings:write") ? <SecurityForm settings={settings} /> : <SecurityFacts settings={settings} />}
    </Panel>
  );
}

function SecurityForm({ settings }: { readonly settings: TenantSettings }) {
  const api = useApi();
  const client = useQueryClient();
  const [isRequired, setRequired] = useState(settings.second_factor_required);
  const [idle, setIdle] = useState(textOf(settings.session_idle_minutes));
  const [hours, setHours] = useState(textOf(settings.session_hours));
  const save = useMutation({
    mutationFn: () =>
      api.send("PATCH", "/v1/settings", {
        body: {
          second_factor_required: isRequired,
          session_idle_minutes: numberOf(idle),
          session_hours: numberOf(hours),
        },
      }),
    onSuccess: () => client.invalidateQueries({ queryKey: ["settings"] }),
  });
  const { at, rest } = sortMistakes(save.error, ["session_idle_minutes", "session_hours"]);
  return (
    <>
      <Form submit={t.settings.signInSave} isBusy={save.isPending} error={rest} onSubmit={() => save.mutate()}>
        <CheckField
          label={t.settings.secondFactor}
          hint={t.settings.secondFactorText}
          isOn={isRequired}
          onChange={(state) => setRequired(state === "on")}
        />
        <TextField
          label={t.settings.idle}
          hint={t.settings.least(settings.instance.session_idle_minutes, "minutes")}
          mistake={at("session_idle_minutes")}
          type="number"
          min="2"
          value={idle}
          onChange={setIdle}
        />
        <TextField
          label={t.settings.hours}
          hint={t.settings.least(settings.instance.session_hours, "hours")}
          mistake={at("session_hours")}
          type="number"
          min="1"
          value={hours}
          onChange={setHours}
        />
      </Form>
      {save.isSuccess && <p role="status">{t.forms.saved}</p>}
    </>
  );
}

function SecurityFacts({ settings }: { readonly settings: TenantSettings }) {
  const { instance } = settings;
  const shown = (own: number | null, most: number) => (own === null ? t.settings.asInstance(most) : own);
  return (
    <dl className="facts">
      <div>
        <dt>{t.settings.secondFactor}</dt>
        <dd>{settings.second_factor_required ? t.settings.secondFactorYes : t.settings.secondFactorNo}</dd>
      </div>
      <div>
        <dt>{t.settings.idle}</dt>
        <dd>{shown(settings.session_idle_minutes, instance.session_idle_minutes)}</dd>
      </div>
      <div>
        <dt>{t.settings.hours}</dt>
        <dd>{shown(settings.session_hours, instance.session_hours)}</dd>
      </div>
    </dl>
  );
}

function textOf(value: number | null): string {
  return value === null ? "" : String(value);
}

/** Null for an empty field: the instance's holds. */
function numberOf(text: string): number | null {
  return text.trim() === "" ? null : Number(text);
}
