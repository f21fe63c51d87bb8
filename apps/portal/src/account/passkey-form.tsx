import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useApi } from "../api/api-context.ts";
import { addPasskey, hasPasskeys, isGivenUp } from "../session/passkeys.ts";
import { Form, TextField } from "../shared/form.tsx";
import { t } from "../texts/texts.ts";

/** Adds a passkey of this browser to the account. */
export function PasskeyForm() {
  const api = useApi();
  const client = useQueryClient();
  const [name, setName] = useState("");
  const add = useMutation({
    mutationFn: () => addPasskey(api, name.trim()),
    onSuccess() {
      setName("");
      return client.invalidateQueries({ queryKey: ["me"] });
    },
  });
  if (!hasPasskeys()) return <p className="quiet">{t.account.passkeyMissing}</p>;
  const isUnused = add.error !== null && isGivenUp(add.error);
  return (
    <Form
      submit={t.account.passkeyAdd}
      isBusy={add.isPending}
      error={isUnused ? null : add.error}
      onSubmit={() => add.mutate()}
    >
      <TextField label={t.account.passkeyName} value={name} isRequired onChange={setName} />
      {isUnused && <p role="status">{t.signIn.passkeyGone}</p>}
    </Form>
  );
}
