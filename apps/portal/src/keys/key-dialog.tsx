import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { type ApiKey, type NewKey, SCOPES, type Scope } from "../api/access-answers.ts";
import { useApi } from "../api/api-context.ts";
import { dayOf, endOfDay } from "../shared/days.ts";
import { Dialog } from "../shared/dialog.tsx";
import { AreaField, CheckField, Form, LastDayField, TextField } from "../shared/form.tsx";
import { linesOf } from "../shared/lines.ts";
import { t } from "../texts/texts.ts";
import type { KeyDialogProps } from "./key-dialog-props.ts";
import { OnceShown } from "./once-shown.tsx";

/** Makes a key, or changes what one may. */
export function KeyDialog({ of, known, onDone, onClose }: KeyDialogProps & { readonly known?: ApiKey }) {
  const api = useApi();
  const [name, setName] = useState(known?.name ?? "");
  const [scopes, setScopes] = useState<readonly Scope[]>(known?.scopes ?? ["events:write"]);
  const [lastDay, setLastDay] = useState(dayOf(known?.expires_at ?? null));
  const [networks, setNetworks] = useState(known?.addresses?.join("\n") ?? "");
  const offered = SCOPES.filter((scope) => scope !== "tenants:create" || of === "project");
  const save = useMutation({
    mutationFn: async () => {
      const addresses = linesOf(networks);
      const expires = endOfDay(lastDay);
      if (known === undefined) {
        const body = {
          name: name.trim(),
          scopes,
          of,
          ...(expires === undefined ? {} : { expires_at: expires }),
          ...(addresses.length === 0 ? {} : { addresses }),
        };
        return api.send<NewKey>("POST", "/v1/keys", { body });
      }
      const body = {
        name: name.trim(),
        scopes,
        addresses: addresses.length === 0 ? null : addresses,
        ...(lastDay === dayOf(known.expires_at) ? {} : { expires_at: expires ?? null }),
      };
      await api.send("PATCH", `/v1/keys/${known.id}${of === "project" ? "?of=project" : ""}`, { body });
      return undefined;
    },
    async onSuccess(made) {
      await onDone();
      if (made === undefined) onClose();
    },
  });
  return (
    <Dialog title={known === undefined ? t.apiKeys.make : t.apiKeys.change(known.name)} onClose={onClose}>
      {save.data !== undefined ? (
        <OnceShown made={save.data} />
      ) : (
        <Form
          submit={known === undefined ? t.apiKeys.make : t.forms.save}
          isBusy={save.isPending || scopes.length === 0}
          error={save.error}
          onSubmit={() => save.mutate()}
        >
          <TextField
            label={t.apiKeys.name}
            hint={t.apiKeys.nameHint}
            value={name}
            isRequired
            isFirst
            onChange={setName}
          />
          <fieldset className="field">
            <legend>{t.apiKeys.scopes}</legend>
            {offered.map((scope) => (
              <CheckField
                key={scope}
                label={t.apiKeys.scopeWords[scope]}
                hint={scope}
                isOn={scopes.includes(scope)}
                onChange={(state) =>
                  setScopes(state === "on" ? [...scopes, scope] : scopes.filter((each) => each !== scope))
                }
              />
            ))}
          </fieldset>
          <LastDayField hint={t.forms.noEnd} value={lastDay} onChange={setLastDay} />
          <AreaField
            label={t.apiKeys.networks}
            hint={t.apiKeys.networksHint}
            value={networks}
            rows={2}
            onChange={setNetworks}
          />
        </Form>
      )}
    </Dialog>
  );
}
