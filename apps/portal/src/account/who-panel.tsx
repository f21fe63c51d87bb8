import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import type { Self } from "../api/access-answers.ts";
import { useApi } from "../api/api-context.ts";
import { useWho } from "../api/who-context.ts";
import { Panel } from "../overview/ranked.tsx";
import { Form, TextField } from "../shared/form.tsx";
import { t } from "../texts/texts.ts";

/** Name, address and role. Whoever manages members may change a name, their own included. */
export function WhoPanel({ self }: { readonly self: Self }) {
  const api = useApi();
  const client = useQueryClient();
  const who = useWho();
  const [name, setName] = useState(self.name);
  const rename = useMutation({
    mutationFn: () => api.send("PATCH", `/v1/members/${self.id}`, { body: { name: name.trim() } }),
    onSuccess: () => client.invalidateQueries(),
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
        {!who.can("members:write") && (
          <div>
            <dt>{t.account.name}</dt>
            <dd>{self.name}</dd>
          </div>
        )}
      </dl>
      {who.walled && <p>{t.account.walled}</p>}
      {who.can("members:write") && (
        <Form
          submit={t.forms.save}
          isBusy={rename.isPending || name.trim() === self.name}
          error={rename.error}
          onSubmit={() => rename.mutate()}
        >
          <TextField label={t.account.name} value={name} isRequired autoComplete="name" onChange={setName} />
        </Form>
      )}
    </Panel>
  );
}
