import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import type { Self } from "../api/access-answers.ts";
import { useApi } from "../api/api-context.ts";
import { Panel } from "../overview/ranked.tsx";
import { addPasskey, hasPasskeys, isGivenUp } from "../session/passkeys.ts";
import { AskFirst } from "../shared/ask-first.tsx";
import { Form, Mistake, TextField } from "../shared/form.tsx";
import { t } from "../texts/texts.ts";
import { showMinute } from "../view/times.ts";

interface PasskeyPanelProps {
  readonly self: Self;
  /** IANA name. */
  readonly zone: string;
}

/** The passkeys of the account: added by this browser, removed from here. */
export function PasskeyPanel({ self, zone }: PasskeyPanelProps) {
  const api = useApi();
  const client = useQueryClient();
  const [name, setName] = useState("");
  const refresh = () => client.invalidateQueries({ queryKey: ["me"] });
  const add = useMutation({
    mutationFn: () => addPasskey(api, name.trim()),
    onSuccess() {
      setName("");
      return refresh();
    },
  });
  const remove = useMutation({
    mutationFn: (id: string) => api.send("DELETE", `/v1/me/passkeys/${encodeURIComponent(id)}`),
    onSuccess: refresh,
  });
  const isUnused = add.error !== null && isGivenUp(add.error);
  return (
    <Panel title={t.account.passkeys} note={t.account.passkeysText}>
      {self.passkeys.length === 0 ? (
        <p>{t.account.noPasskeys}</p>
      ) : (
        <ul className="plain-list">
          {self.passkeys.map((passkey) => (
            <li key={passkey.id}>
              <span>
                {passkey.name}{" "}
                <span className="quiet">{t.account.passkeyAdded(showMinute(passkey.created_at, zone))}</span>
              </span>
              <AskFirst
                label={t.account.passkeyRemove}
                question={t.account.passkeyRemoveText}
                onDo={() => remove.mutate(passkey.id)}
              />
            </li>
          ))}
        </ul>
      )}
      <Mistake error={remove.error} />
      {hasPasskeys() ? (
        <Form
          submit={t.account.passkeyAdd}
          isBusy={add.isPending}
          error={isUnused ? null : add.error}
          onSubmit={() => add.mutate()}
        >
          <TextField label={t.account.passkeyName} value={name} isRequired onChange={setName} />
          {isUnused && <p role="status">{t.signIn.passkeyGone}</p>}
        </Form>
      ) : (
        <p className="quiet">{t.account.passkeyMissing}</p>
      )}
    </Panel>
  );
}
