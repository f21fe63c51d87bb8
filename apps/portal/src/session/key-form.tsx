import { useState } from "react";
import type { Credential } from "../api/credential.ts";
import { Form, TextField } from "../shared/form.tsx";
import { t } from "../texts/texts.ts";

interface KeyFormProps {
  /** Whether the key is of a project, so that a tenant has to be named. */
  readonly isTenantAsked: boolean;
  readonly onKey: (credential: Credential) => void;
}

/** Opens the log with an API key. */
export function KeyForm({ isTenantAsked, onKey }: KeyFormProps) {
  const [key, setKey] = useState("");
  const [tenant, setTenant] = useState("");
  const [hasTenant, setHasTenant] = useState(false);
  return (
    <Form
      submit={t.signIn.open}
      isBusy={false}
      onSubmit={() => onKey({ kind: "key", key: key.trim(), tenant: tenant.trim() === "" ? undefined : tenant.trim() })}
    >
      <TextField label={t.signIn.key} type="password" value={key} isRequired placeholder="cairn_…" onChange={setKey} />
      {isTenantAsked || hasTenant ? (
        <TextField label={t.signIn.tenant} value={tenant} onChange={setTenant} />
      ) : (
        <button type="button" className="bare gate-more" onClick={() => setHasTenant(true)}>
          {t.signIn.project}
        </button>
      )}
    </Form>
  );
}
