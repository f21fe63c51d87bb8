import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import type { Tenant } from "../api/access-answers.ts";
import { useApi } from "../api/api-context.ts";
import { useWho } from "../api/who-context.ts";
import { AskFirst } from "../shared/ask-first.tsx";
import { dayOf, endOfDay } from "../shared/days.ts";
import { Dialog } from "../shared/dialog.tsx";
import { AreaField, Form, LastDayField, Mistake, TextField } from "../shared/form.tsx";
import { linesOf } from "../shared/lines.ts";
import { t } from "../texts/texts.ts";
import { showMinute } from "../view/times.ts";
import { useTenantsRefresh } from "./use-tenants.ts";

interface TenantDialogProps {
  readonly tenant: Tenant;
  /** IANA name. */
  readonly zone: string;
  readonly onClose: () => void;
}

/** Changes a tenant; operators suspend it, and ask for its deletion, which another of them confirms. */
export function TenantDialog({ tenant, zone, onClose }: TenantDialogProps) {
  const api = useApi();
  const who = useWho();
  const refresh = useTenantsRefresh();
  const [name, setName] = useState(tenant.name);
  const [lastDay, setLastDay] = useState(dayOf(tenant.expires_at));
  const [domains, setDomains] = useState(tenant.domains.join("\n"));
  const path = `/v1/tenants/${encodeURIComponent(tenant.id)}`;
  const at = { project: tenant.project };
  const isOperator = who.can("instance:write");
  const save = useMutation({
    mutationFn: async () => {
      const isSameEnd = lastDay === dayOf(tenant.expires_at);
      const body = { name: name.trim(), ...(isSameEnd ? {} : { expires_at: endOfDay(lastDay) ?? null }) };
      await api.send("PATCH", path, { body, at });
      const wanted = linesOf(domains);
      if (isOperator && wanted.join(" ") !== tenant.domains.join(" "))
        await api.send("PUT", `${path}/domains`, { body: { domains: wanted }, at });
    },
    async onSuccess() {
      await refresh();
      onClose();
    },
  });
  const act = useMutation({
    mutationFn: ({ method, what }: { readonly method: "POST" | "DELETE"; readonly what: string }) =>
      api.send(method, `${path}/${what}`, { at }),
    onSuccess: refresh,
  });
  return (
    <Dialog title={t.members.changeOf(tenant.name)} onClose={onClose}>
      <Form submit={t.forms.save} isBusy={save.isPending} error={save.error} onSubmit={() => save.mutate()}>
        <TextField label={t.tenants.name} value={name} isRequired onChange={setName} />
        <LastDayField hint={t.tenants.endsText} value={lastDay} onChange={setLastDay} />
        {isOperator && (
          <AreaField
            label={t.tenants.domains}
            hint={t.tenants.domainsText}
            value={domains}
            rows={2}
            placeholder="example.com"
            onChange={setDomains}
          />
        )}
      </Form>
      {isOperator && (
        <>
          <hr />
          <Mistake error={act.error} />
          {tenant.deletion_due_at !== null && (
            <p role="status">{t.tenants.deletionText(showMinute(tenant.deletion_due_at, zone))}</p>
          )}
          <div className="notice-actions">
            {tenant.suspended_at === null ? (
              <AskFirst
                label={t.tenants.suspend}
                question={t.tenants.suspendText}
                isBusy={act.isPending}
                onDo={() => act.mutate({ method: "POST", what: "suspend" })}
              />
            ) : (
              <button
                type="button"
                className="button"
                disabled={act.isPending}
                onClick={() => act.mutate({ method: "POST", what: "resume" })}
              >
                {t.tenants.resume}
              </button>
            )}
            {tenant.deletion_due_at === null ? (
              <AskFirst
                label={t.tenants.remove}
                question={t.tenants.removeText}
                isBusy={act.isPending}
                onDo={() => act.mutate({ method: "POST", what: "deletion" })}
              />
            ) : (
              <>
                <button
                  type="button"
                  className="button"
                  disabled={act.isPending}
                  onClick={() => act.mutate({ method: "DELETE", what: "deletion" })}
                >
                  {t.tenants.cancelDeletion}
                </button>
                <AskFirst
                  label={t.tenants.confirmDeletion}
                  question={t.tenants.confirmText}
                  isBusy={act.isPending}
                  onDo={() => act.mutate({ method: "POST", what: "deletion" }, { onSuccess: onClose })}
                />
              </>
            )}
          </div>
        </>
      )}
    </Dialog>
  );
}
