import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import type { Self } from "../api/access-answers.ts";
import { useApi } from "../api/api-context.ts";
import { Panel } from "../overview/ranked.tsx";
import { Form, NewPasswordField, TextField } from "../shared/form.tsx";
import { t } from "../texts/texts.ts";

/** Changes the password; other sessions end. */
export function PasswordPanel({ self }: { readonly self: Self }) {
  const api = useApi();
  const client = useQueryClient();
  const [current, setCurrent] = useState("");
  const [password, setPassword] = useState("");
  const hasPassword = self.signs_in_with.includes("password");
  const change = useMutation({
    mutationFn: () => api.send("POST", "/v1/me/password", { body: { ...(hasPassword ? { current } : {}), password } }),
    onSuccess() {
      setCurrent("");
      setPassword("");
      return client.invalidateQueries();
    },
  });
  return (
    <Panel title={t.account.passwordTitle}>
      {!hasPassword && <p>{t.account.noPassword}</p>}
      <Form submit={t.account.change} isBusy={change.isPending} error={change.error} onSubmit={() => change.mutate()}>
        {hasPassword && (
          <TextField
            label={t.account.current}
            type="password"
            value={current}
            isRequired
            autoComplete="current-password"
            onChange={setCurrent}
          />
        )}
        <NewPasswordField label={t.account.fresh} value={password} onChange={setPassword} />
      </Form>
      {change.isSuccess && password === "" && <p role="status">{t.account.changed}</p>}
    </Panel>
  );
}
