import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import type { Self } from "../api/access-answers.ts";
import { useApi } from "../api/api-context.ts";
import { Panel } from "../overview/ranked.tsx";
import { QrDrawing } from "../qr/qr-drawing.tsx";
import { CopyButton } from "../shared/copy-button.tsx";
import { Form, Mistake, TextField } from "../shared/form.tsx";
import { t } from "../texts/texts.ts";

interface SettingUp {
  readonly secret: string;
  readonly uri: string;
  readonly state: string;
}

interface NewCodes {
  readonly recovery_codes: readonly string[];
}

interface AuthenticatorPanelProps {
  readonly self: Self;
  /** The app is set up, and the recovery codes are kept. */
  readonly onDone?: () => void;
}

/** The authenticator app: set up with a code to scan, given up with the password; recovery codes are shown once. */
export function AuthenticatorPanel({ self, onDone }: AuthenticatorPanelProps) {
  const api = useApi();
  const client = useQueryClient();
  const [codes, setCodes] = useState<readonly string[]>();
  const begin = useMutation({ mutationFn: () => api.send<SettingUp>("POST", "/v1/me/totp") });
  const onCodes = (answer: NewCodes) => {
    setCodes(answer.recovery_codes);
    begin.reset();
    return client.invalidateQueries({ queryKey: ["me"] });
  };
  const hasApp = self.signs_in_with.includes("totp");
  return (
    <Panel title={t.account.totp}>
      {codes !== undefined ? (
        <Codes
          codes={codes}
          onKept={() => {
            setCodes(undefined);
            onDone?.();
          }}
        />
      ) : hasApp ? (
        <WithApp self={self} onCodes={onCodes} />
      ) : begin.data !== undefined ? (
        <Confirm settingUp={begin.data} onCodes={onCodes} onCancel={() => begin.reset()} />
      ) : (
        <>
          <p>{t.account.totpText}</p>
          <Mistake error={begin.error} />
          <button type="button" className="button" disabled={begin.isPending} onClick={() => begin.mutate()}>
            {t.account.totpAdd}
          </button>
        </>
      )}
    </Panel>
  );
}

interface ConfirmProps {
  readonly settingUp: SettingUp;
  readonly onCodes: (answer: NewCodes) => Promise<void>;
  readonly onCancel: () => void;
}

function Confirm({ settingUp, onCodes, onCancel }: ConfirmProps) {
  const api = useApi();
  const [code, setCode] = useState("");
  const confirm = useMutation({
    mutationFn: () =>
      api.send<NewCodes>("POST", "/v1/me/totp/confirm", {
        body: { state: settingUp.state, code: code.replaceAll(" ", "") },
      }),
    onSuccess: onCodes,
  });
  return (
    <>
      <p>{t.account.totpScan}</p>
      <QrDrawing text={settingUp.uri} label={t.account.qr} />
      <p>
        {t.account.secret}: <code className="secret">{settingUp.secret}</code>
      </p>
      <Form
        submit={t.account.totpConfirm}
        isBusy={confirm.isPending}
        error={confirm.error}
        onSubmit={() => confirm.mutate()}
        tools={
          <button type="button" className="button" onClick={onCancel}>
            {t.forms.cancel}
          </button>
        }
      >
        <TextField
          label={t.signIn.code}
          value={code}
          isRequired
          isFirst
          autoComplete="one-time-code"
          onChange={setCode}
        />
      </Form>
    </>
  );
}

interface WithAppProps {
  readonly self: Self;
  readonly onCodes: (answer: NewCodes) => Promise<void>;
}

function WithApp({ self, onCodes }: WithAppProps) {
  const api = useApi();
  const client = useQueryClient();
  const [password, setPassword] = useState("");
  const body = { password };
  const renew = useMutation({
    mutationFn: () => api.send<NewCodes>("POST", "/v1/me/recovery-codes", { body }),
    onSuccess: onCodes,
  });
  const remove = useMutation({
    mutationFn: () => api.send("POST", "/v1/me/totp/remove", { body }),
    onSuccess: () => client.invalidateQueries({ queryKey: ["me"] }),
  });
  return (
    <>
      <p>{t.account.totpOn(self.recovery_codes_left)}</p>
      <Form
        submit={t.account.codesNew}
        isBusy={renew.isPending || remove.isPending}
        error={renew.error ?? remove.error}
        onSubmit={() => renew.mutate()}
        tools={
          <button type="button" className="button" disabled={password === ""} onClick={() => remove.mutate()}>
            {t.account.totpRemove}
          </button>
        }
      >
        <TextField
          label={t.account.yourPassword}
          type="password"
          value={password}
          isRequired
          autoComplete="current-password"
          onChange={setPassword}
        />
      </Form>
    </>
  );
}

function Codes({ codes, onKept }: { readonly codes: readonly string[]; readonly onKept: () => void }) {
  return (
    <>
      <h3>{t.account.codes}</h3>
      <p role="status">{t.account.codesText}</p>
      <pre className="codes">{codes.join("\n")}</pre>
      <p className="notice-actions">
        <CopyButton label={t.forms.copy} text={codes.join("\n")} />
        <button type="button" className="button primary" onClick={onKept}>
          {t.account.codesKept}
        </button>
      </p>
    </>
  );
}
