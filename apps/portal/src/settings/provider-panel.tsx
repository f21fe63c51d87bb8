import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import type { IdentityProviderAnswer, Role } from "../api/access-answers.ts";
import { useApi } from "../api/api-context.ts";
import { useWho } from "../api/who-context.ts";
import { PageProblem } from "../frame/page.tsx";
import { Panel } from "../overview/ranked.tsx";
import { AskFirst } from "../shared/ask-first.tsx";
import { AreaField, Form, Mistake, SelectField, TextField } from "../shared/form.tsx";
import { listOf } from "../texts/format.ts";
import { t } from "../texts/texts.ts";
import { readGroupRoles, writeGroupRoles } from "./group-roles.ts";

/** The organisation's own sign-in. */
export function ProviderPanel() {
  const api = useApi();
  const who = useWho();
  const { data, error } = useQuery({
    queryKey: ["identity-provider"],
    queryFn: ({ signal }) => api.get<IdentityProviderAnswer>("/v1/identity-provider", signal),
  });
  return (
    <Panel title={t.settings.provider} note={t.settings.providerText}>
      {data === undefined ? (
        <PageProblem error={error} />
      ) : (
        <>
          <dl className="facts">
            <div>
              <dt>{t.settings.domains}</dt>
              <dd>{data.domains.length === 0 ? t.settings.noDomains : listOf(data.domains)}</dd>
            </div>
            <div>
              <dt>{t.settings.redirect}</dt>
              <dd>
                <code>{data.redirect_uri}</code>
              </dd>
            </div>
            {data.provider !== null && !who.can("sign-in:write") && (
              <div>
                <dt>{t.settings.issuer}</dt>
                <dd>{data.provider.issuer}</dd>
              </div>
            )}
          </dl>
          {who.can("sign-in:write") && <ProviderForm key={JSON.stringify(data.provider)} {...data} />}
        </>
      )}
    </Panel>
  );
}

const DEFAULT_ROLES = ["none", "analyst", "administrator", "owner"] as const;

function ProviderForm({ provider }: IdentityProviderAnswer) {
  const api = useApi();
  const client = useQueryClient();
  const [issuer, setIssuer] = useState(provider?.issuer ?? "");
  const [clientId, setClientId] = useState(provider?.client_id ?? "");
  const [secret, setSecret] = useState("");
  const [claim, setClaim] = useState(provider?.groups_claim ?? "groups");
  const [roles, setRoles] = useState(writeGroupRoles(provider?.roles ?? {}));
  const [defaultRole, setDefaultRole] = useState<Role | "none">(provider?.default_role ?? "none");
  const [wrongLine, setWrongLine] = useState<string>();
  const onSuccess = () => client.invalidateQueries({ queryKey: ["identity-provider"] });
  const save = useMutation({
    mutationFn: (given: Readonly<Record<string, Role>>) =>
      api.send("PUT", "/v1/identity-provider", {
        body: {
          issuer: issuer.trim(),
          client_id: clientId.trim(),
          ...(secret === "" ? {} : { client_secret: secret }),
          groups_claim: claim.trim(),
          roles: given,
          ...(defaultRole === "none" ? {} : { default_role: defaultRole }),
        },
      }),
    onSuccess,
  });
  const remove = useMutation({ mutationFn: () => api.send("DELETE", "/v1/identity-provider"), onSuccess });
  const submit = () => {
    const read = readGroupRoles(roles);
    setWrongLine(read.kind === "wrong" ? read.line : undefined);
    if (read.kind === "roles") save.mutate(read.roles);
  };
  const offered = DEFAULT_ROLES.includes(defaultRole as (typeof DEFAULT_ROLES)[number])
    ? DEFAULT_ROLES
    : [...DEFAULT_ROLES, defaultRole];
  return (
    <>
      <Form
        submit={provider === null ? t.settings.providerAdd : t.settings.providerSave}
        isBusy={save.isPending}
        error={save.error}
        onSubmit={submit}
      >
        <TextField
          label={t.settings.issuer}
          type="url"
          value={issuer}
          isRequired
          placeholder="https://login.example.com"
          onChange={setIssuer}
        />
        <TextField label={t.settings.clientId} value={clientId} isRequired onChange={setClientId} />
        <TextField
          label={t.settings.clientSecret}
          hint={provider === null ? undefined : t.settings.secretKept}
          type="password"
          value={secret}
          isRequired={provider === null}
          autoComplete="new-password"
          onChange={setSecret}
        />
        <TextField label={t.settings.groupsClaim} value={claim} isRequired onChange={setClaim} />
        <AreaField
          label={t.settings.roles}
          hint={t.settings.rolesHint}
          value={roles}
          placeholder="auditlog-admins = administrator"
          onChange={setRoles}
        />
        {wrongLine !== undefined && (
          <p className="mistake" role="alert">
            {t.settings.rolesWrong(wrongLine)}
          </p>
        )}
        <SelectField<Role | "none">
          label={t.settings.defaultRole}
          value={defaultRole}
          options={offered.map((role) => [role, role === "none" ? t.settings.noRole : t.roles[role]])}
          onChange={setDefaultRole}
        />
      </Form>
      {save.isSuccess && <p role="status">{t.forms.saved}</p>}
      <Mistake error={remove.error} />
      {provider !== null && (
        <AskFirst
          label={t.settings.providerRemove}
          question={t.settings.providerRemoveText}
          isBusy={remove.isPending}
          onDo={() => remove.mutate()}
        />
      )}
    </>
  );
}
