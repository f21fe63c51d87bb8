import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import type { TenantSettings } from "../api/access-answers.ts";
import { useApi } from "../api/api-context.ts";
import { useWho } from "../api/who-context.ts";
import { Panel } from "../overview/ranked.tsx";
import { dayFromNow, endOfDay } from "../shared/days.ts";
import { Form, LastDayField, Mistake } from "../shared/form.tsx";
import { t } from "../texts/texts.ts";
import { showMinute } from "../view/times.ts";

interface OperatorPanelProps {
  readonly settings: TenantSettings;
  /** IANA name. */
  readonly zone: string;
}

/** Whether operators of the instance may read the events: an owner says so, for a time. */
export function OperatorPanel({ settings, zone }: OperatorPanelProps) {
  const api = useApi();
  const client = useQueryClient();
  const who = useWho();
  const [lastDay, setLastDay] = useState(dayFromNow(1));
  const onSuccess = () => client.invalidateQueries({ queryKey: ["settings"] });
  const grant = useMutation({
    mutationFn: () => api.send("PUT", "/v1/operator-access", { body: { expires_at: endOfDay(lastDay) } }),
    onSuccess,
  });
  const end = useMutation({ mutationFn: () => api.send("DELETE", "/v1/operator-access"), onSuccess });
  const until = settings.operator_access_until;
  const isOn = until !== null && Date.parse(until) > Date.now();
  return (
    <Panel title={t.settings.operator}>
      <p role="status">{isOn ? t.settings.operatorOn(showMinute(until, zone)) : t.settings.operatorOff}</p>
      {!who.can("grants:write") ? (
        <p className="quiet">{t.settings.operatorNotYours}</p>
      ) : isOn ? (
        <>
          <Mistake error={end.error} />
          <button type="button" className="button" disabled={end.isPending} onClick={() => end.mutate()}>
            {t.settings.operatorEnd}
          </button>
        </>
      ) : (
        <Form
          submit={t.settings.operatorLet}
          isBusy={grant.isPending}
          error={grant.error}
          onSubmit={() => grant.mutate()}
        >
          <LastDayField value={lastDay} isRequired onChange={setLastDay} />
        </Form>
      )}
    </Panel>
  );
}
