import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { useApi } from "../api/api-context.ts";
import { Panel } from "../overview/ranked.tsx";
import { Form, NewPasswordField, TextField } from "../shared/form.tsx";
import { t } from "../texts/texts.ts";

interface BecomeMemberProps {
  readonly isOperator: boolean;
  readonly onSession: () => void;
}

/** Makes whoever came by a link a member, who can come back without one. */
export function BecomeMember({ isOperator, onSession }: BecomeMemberProps) {
  const api = useApi();
  const [email, setEmail] = useState("");
  const [name, setName] = useState("");
  const [password, setPassword] = useState("");
  const become = useMutation({
    mutationFn: () => api.send("POST", "/v1/me/member", { body: { email, name, password } }),
    onSuccess: onSession,
  });
  return (
    <Panel title={t.account.become} note={isOperator ? t.account.becomeOperator : t.account.becomeText}>
      <Form submit={t.account.become} isBusy={become.isPending} error={become.error} onSubmit={() => become.mutate()}>
        <TextField
          label={t.account.email}
          type="email"
          value={email}
          isRequired
          autoComplete="username"
          onChange={setEmail}
        />
        <TextField label={t.account.name} value={name} isRequired autoComplete="name" onChange={setName} />
        <NewPasswordField label={t.invitation.password} value={password} onChange={setPassword} />
      </Form>
    </Panel>
  );
}
