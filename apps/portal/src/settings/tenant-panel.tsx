import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import type { TenantSettings } from "../api/access-answers.ts";
import { useApi } from "../api/api-context.ts";
import { useWho } from "../api/who-context.ts";
import { Panel } from "../overview/ranked.tsx";
import { sortMistakes } from "../shared/explain-problem.ts";
import { AreaField, CheckField, Form, TextField } from "../shared/form.tsx";
import { linesOf } from "../shared/lines.ts";
import { listOf } from "../texts/format.ts";
import { t } from "../texts/texts.ts";

/** Name of the log, the kinds of targets that are people, and whether its seals are public. */
export function TenantPanel({ settings }: { readonly settings: TenantSettings }) {
  const api = useApi();
  const client = useQueryClient();
  const who = useWho();
  const [name, setName] = useState(settings.name);
  const [types, setTypes] = useState(settings.person_target_types.join("\n"));
  const [isPublic, setPublic] = useState(settings.public_log);
  const save = useMutation({
    mutationFn: () =>
      api.send("PATCH", "/v1/settings", {
        body: { name: name.trim(), person_target_types: linesOf(types), public_log: isPublic },
      }),
    onSuccess: () => client.invalidateQueries({ queryKey: ["settings"] }),
  });
  if (!who.can("settings:write")) {
    return (
      <Panel title={t.settings.tenant}>
        <dl className="facts">
          <div>
            <dt>{t.settings.name}</dt>
            <dd>{settings.name}</dd>
          </div>
          <div>
            <dt>{t.settings.personTypes}</dt>
            <dd>{settings.person_target_types.length === 0 ? t.forms.none : listOf(settings.person_target_types)}</dd>
          </div>
          <div>
            <dt>{t.settings.publicLog}</dt>
            <dd>{settings.public_log ? t.settings.publicYes : t.settings.publicNo}</dd>
          </div>
        </dl>
      </Panel>
    );
  }
  const { at, rest } = sortMistakes(save.error, ["name", "person_target_types"]);
  return (
    <Panel title={t.settings.tenant}>
      <Form submit={t.forms.save} isBusy={save.isPending} error={rest} onSubmit={() => save.mutate()}>
        <TextField label={t.settings.name} mistake={at("name")} value={name} isRequired onChange={setName} />
        <AreaField
          label={t.settings.personTypes}
          hint={`${t.settings.personTypesHint} ${t.settings.usual}`}
          mistake={at("person_target_types")}
          value={types}
          onChange={setTypes}
        />
        <CheckField
          label={t.settings.publicLog}
          hint={t.settings.publicLogText}
          isOn={isPublic}
          onChange={(state) => setPublic(state === "on")}
        />
      </Form>
      {save.isSuccess && <p role="status">{t.forms.saved}</p>}
    </Panel>
  );
}
