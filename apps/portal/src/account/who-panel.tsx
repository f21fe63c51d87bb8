import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import type { Self } from "../api/access-answers.ts";
import { useApi } from "../api/api-context.ts";
import { useWho } from "../api/who-context.ts";
import { Panel } from "../overview/ranked.tsx";
import { Form, TextField } from "../shared/form.tsx";
import { t } from "../texts/texts.ts";

interface WhoPanelProps {
  readonly self: Self;
  /** The name is another one now. */
  readonly onRenamed: () => void;
}

/** Name, address and role. The name is one's own to change. */
export function WhoPanel({ self, onRenamed }: WhoPanelProps) {
  const api = useApi();
  const client = useQueryClient();
  const who = useWho();
  const [name, setName] = useState(self.name);
  const rename = useMutation({
    mutationFn: () => api.send("PATCH", "/v1/me", { body: { name: name.trim() } }),
    async onSuccess() {
      await client.invalidateQueries();
      onRenamed();
    },
  });
  return (
    <Panel title={t.account.who}>
      <dl className="facts">
        <div>
          <dt>{t.account.email}</dt>
          <dd>{self.email}</dd>
        </div>
        <div>
          <dt>{t.account.role}</dt>
          <dd>
            {t.roles[self.role]}: {t.roleWords[self.role]}
          </dd>
        </div>
      </dl>
      {who.walled && <p>{t.account.walled}</p>}
      <Form
        submit={t.forms.save}
        isBusy={rename.isPending || name.trim() === self.name}
        error={rename.error}
        onSubmit={() => rename.mutate()}
      >
        <TextField label={t.account.name} value={name} isRequired autoComplete="name" onChange={setName} />
      </Form>
      {rename.isSuccess && name.trim() === self.name && <p role="status">{t.forms.saved}</p>}
    </Panel>
  );
}
