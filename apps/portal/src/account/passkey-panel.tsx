import { useMutation, useQueryClient } from "@tanstack/react-query";
import type { Self } from "../api/access-answers.ts";
import { useApi } from "../api/api-context.ts";
import { Panel } from "../overview/ranked.tsx";
import { AskFirst } from "../shared/ask-first.tsx";
import { Mistake } from "../shared/form.tsx";
import { t } from "../texts/texts.ts";
import { showMinute } from "../view/times.ts";
import { PasskeyForm } from "./passkey-form.tsx";

interface PasskeyPanelProps {
  readonly self: Self;
  /** IANA name. */
  readonly zone: string;
}

/** The passkeys of the account: added by this browser, removed from here. */
export function PasskeyPanel({ self, zone }: PasskeyPanelProps) {
  const api = useApi();
  const client = useQueryClient();
  const remove = useMutation({
    mutationFn: (id: string) => api.send("DELETE", `/v1/me/passkeys/${encodeURIComponent(id)}`),
    onSuccess: () => client.invalidateQueries({ queryKey: ["me"] }),
  });
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
      <PasskeyForm />
    </Panel>
  );
}
