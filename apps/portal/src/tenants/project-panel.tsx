import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import type { Project } from "../api/access-answers.ts";
import { useApi } from "../api/api-context.ts";
import { Panel } from "../overview/ranked.tsx";
import { AreaField, CheckField, Form, TextField } from "../shared/form.tsx";
import { linesOf } from "../shared/lines.ts";
import { t } from "../texts/texts.ts";
import { useTenantsRefresh } from "./use-tenants.ts";

/** Settings of a project: its name, whether its free text is personal, and which pages may show its logs. */
export function ProjectPanel({ project }: { readonly project: Project }) {
  const api = useApi();
  const refresh = useTenantsRefresh();
  const [name, setName] = useState(project.name);
  const [isPersonal, setPersonal] = useState(project.free_text_is_personal);
  const [origins, setOrigins] = useState(project.allowed_origins.join("\n"));
  const save = useMutation({
    mutationFn: () =>
      api.send("PATCH", `/v1/projects/${encodeURIComponent(project.id)}`, {
        body: { name: name.trim(), free_text_is_personal: isPersonal, allowed_origins: linesOf(origins) },
      }),
    onSuccess: refresh,
  });
  return (
    <Panel title={t.settings.project}>
      <Form submit={t.forms.save} isBusy={save.isPending} error={save.error} onSubmit={() => save.mutate()}>
        <TextField label={t.tenants.name} value={name} isRequired onChange={setName} />
        <CheckField
          label={t.settings.freeText}
          hint={t.settings.freeTextHint}
          isOn={isPersonal}
          onChange={(state) => setPersonal(state === "on")}
        />
        <AreaField
          label={t.settings.origins}
          hint={t.settings.originsHint}
          value={origins}
          placeholder="https://app.example.com"
          onChange={setOrigins}
        />
      </Form>
      {save.isSuccess && <p role="status">{t.forms.saved}</p>}
    </Panel>
  );
}
