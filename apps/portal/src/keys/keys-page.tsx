import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import type { ApiKey } from "../api/access-answers.ts";
import { useApi } from "../api/api-context.ts";
import { useWho } from "../api/who-context.ts";
import { Page, PageProblem } from "../frame/page.tsx";
import { AskFirst } from "../shared/ask-first.tsx";
import { DEEDS, Deed, FactsTable } from "../shared/facts-table.tsx";
import { Mistake } from "../shared/form.tsx";
import { Ago, Moment } from "../shared/moment.tsx";
import { listOf } from "../texts/format.ts";
import { t } from "../texts/texts.ts";
import { KeyDialog } from "./key-dialog.tsx";
import { RotateDialog } from "./rotate-dialog.tsx";

/** API keys: what each may, when it was last used, and when it ends. */
export default function KeysPage({ zone }: { readonly zone: string }) {
  const who = useWho();
  return (
    <Page title={t.pages.keys} lead={t.apiKeys.lead}>
      <KeyList of="tenant" zone={zone} />
      {who.can("projects:write") && <KeyList of="project" zone={zone} />}
    </Page>
  );
}

/** What a window over the page is about. */
type Open = { readonly kind: "new" } | { readonly kind: "change" | "rotate"; readonly key: ApiKey };

interface KeyListProps {
  readonly of: ApiKey["of"];
  /** IANA name. */
  readonly zone: string;
}

function KeyList({ of, zone }: KeyListProps) {
  const api = useApi();
  const client = useQueryClient();
  const who = useWho();
  const [open, setOpen] = useState<Open>();
  const where = of === "project" ? "?of=project" : "";
  const { data, error } = useQuery({
    queryKey: ["keys", of],
    queryFn: ({ signal }) => api.get<{ readonly keys: readonly ApiKey[] }>(`/v1/keys${where}`, signal),
  });
  const refresh = () => client.invalidateQueries({ queryKey: ["keys", of] });
  const revoke = useMutation({
    mutationFn: (id: string) => api.send("DELETE", `/v1/keys/${id}${where}`),
    onSettled: refresh,
  });
  const now = Date.now();
  const keys = data?.keys ?? [];
  const live = keys.filter((key) => stateOf(key, now) !== "ended");
  const ended = keys.filter((key) => stateOf(key, now) === "ended");
  const close = () => setOpen(undefined);
  const mayChange = who.can("keys:write");
  const table = (rows: readonly ApiKey[]) => (
    <FactsTable
      label={t.pages.keys}
      columns={[t.apiKeys.name, t.apiKeys.scope, t.apiKeys.from, t.apiKeys.lastUse, t.apiKeys.ends, DEEDS]}
    >
      {rows.map((key) => (
        <tr key={key.id}>
          <th scope="row">
            {key.name}
            {key.revoked_at !== null && <span className="tag">{t.apiKeys.revoked}</span>}
            {key.revoked_at === null && key.successor !== null && <span className="tag">{t.apiKeys.rotated}</span>}
          </th>
          <td>{listOf(key.scopes.map((scope) => t.apiKeys.scopeWords[scope]))}</td>
          <td>
            {key.addresses === null ? <span className="quiet">{t.apiKeys.anywhere}</span> : key.addresses.join(", ")}
          </td>
          <td>
            <Ago at={key.last_used_at} zone={zone} />
          </td>
          <td>
            <Moment at={key.revoked_at ?? key.expires_at} zone={zone} />
          </td>
          <td className="is-deed">
            {mayChange && stateOf(key, now) !== "ended" && (
              <span className="deeds">
                <Deed
                  text={t.apiKeys.changeShort}
                  label={t.apiKeys.change(key.name)}
                  onDo={() => setOpen({ kind: "change", key })}
                />
                {key.successor === null && (
                  <Deed
                    text={t.apiKeys.rotate}
                    label={t.apiKeys.rotateOf(key.name)}
                    onDo={() => setOpen({ kind: "rotate", key })}
                  />
                )}
                <AskFirst
                  label={t.apiKeys.revoke}
                  question={t.apiKeys.revokeText}
                  isBusy={revoke.isPending}
                  onDo={() => revoke.mutate(key.id)}
                />
              </span>
            )}
          </td>
        </tr>
      ))}
    </FactsTable>
  );
  return (
    <section className="panel" aria-label={of === "project" ? t.apiKeys.project : t.apiKeys.tenant}>
      <div className="panel-head">
        <h2>{of === "project" ? t.apiKeys.project : t.apiKeys.tenant}</h2>
        {mayChange && (
          <button type="button" className="button primary" onClick={() => setOpen({ kind: "new" })}>
            {t.apiKeys.make}
          </button>
        )}
      </div>
      <Mistake error={revoke.error} />
      {data === undefined ? (
        <PageProblem error={error} />
      ) : (
        <>
          {live.length === 0 ? <p>{t.apiKeys.none}</p> : table(live)}
          {ended.length > 0 && (
            <details className="page-more">
              <summary>{t.apiKeys.ended(ended.length)}</summary>
              {table(ended)}
            </details>
          )}
        </>
      )}
      {open?.kind === "new" && <KeyDialog of={of} onDone={refresh} onClose={close} />}
      {open?.kind === "change" && <KeyDialog of={of} known={open.key} onDone={refresh} onClose={close} />}
      {open?.kind === "rotate" && <RotateDialog of={of} known={open.key} onDone={refresh} onClose={close} />}
    </section>
  );
}

function stateOf(key: ApiKey, now: number): "live" | "ended" {
  const isOver = key.expires_at !== null && Date.parse(key.expires_at) <= now;
  return key.revoked_at !== null || isOver ? "ended" : "live";
}
