import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import type { SignInMethod } from "../api/access-answers.ts";
import type { Api } from "../api/client.ts";
import { isRefusal, problemOf } from "../api/problem.ts";
import { Form, TextField } from "../shared/form.tsx";
import { t } from "../texts/texts.ts";
import { PasskeyButton } from "./passkey-button.tsx";

interface PasswordFormProps {
  readonly api: Api;
  readonly onSession: () => void;
}

/** What the server has asked for so far, besides address and password. */
type Asked = "code" | "tenant";

/** First the address, which decides how to go on; then what its owner signs in with. */
export function PasswordForm({ api, onSession }: PasswordFormProps) {
  const [email, setEmail] = useState("");
  const [password, setPassword] = useState("");
  const [code, setCode] = useState("");
  const [project, setProject] = useState("");
  const [tenant, setTenant] = useState("");
  const [asked, setAsked] = useState<readonly Asked[]>([]);
  const methods = useMutation({
    mutationFn: () =>
      api.send<{ readonly methods: readonly SignInMethod[] }>("POST", "/v1/session/methods", { body: { email } }),
  });
  const signIn = useMutation({
    mutationFn: () => {
      const more = {
        ...given("code", code.trim()),
        ...given("project", project.trim()),
        ...given("tenant", tenant.trim()),
      };
      return api.send("POST", "/v1/session", { body: { email, password, ...more } });
    },
    onSuccess: onSession,
    onError(error) {
      const problem = problemOf(error);
      if (isRefusal(problem, "second_factor_required")) setAsked((before) => [...before, "code"]);
      if (isRefusal(problem, "tenant_required")) setAsked((before) => [...before, "tenant"]);
      // The next code is another one.
      if (isRefusal(problem, "sign_in_failed")) setCode("");
    },
  });
  if (methods.data === undefined) {
    return (
      <>
        <Form submit={t.signIn.next} isBusy={methods.isPending} error={methods.error} onSubmit={() => methods.mutate()}>
          <TextField
            label={t.signIn.email}
            type="email"
            value={email}
            isRequired
            autoComplete="username webauthn"
            onChange={setEmail}
          />
        </Form>
        <PasskeyButton api={api} onSession={onSession} />
      </>
    );
  }
  const problem = signIn.error === null ? undefined : problemOf(signIn.error);
  const isQuestion = isRefusal(problem, "second_factor_required") || isRefusal(problem, "tenant_required");
  const hasProvider = methods.data.methods.includes("oidc");
  return (
    <>
      {hasProvider && (
        <>
          <p>
            <a className="button primary" href={`/v1/session/oidc?email=${encodeURIComponent(email)}`}>
              {t.signIn.company}
            </a>
          </p>
          <p className="quiet">{t.signIn.orPassword}</p>
        </>
      )}
      <Form
        submit={t.signIn.submit}
        isBusy={signIn.isPending}
        error={isQuestion ? null : signIn.error}
        onSubmit={() => signIn.mutate()}
        tools={
          <button
            type="button"
            className="button"
            onClick={() => {
              methods.reset();
              signIn.reset();
              setAsked([]);
              setPassword("");
            }}
          >
            {t.signIn.otherAddress}
          </button>
        }
      >
        <TextField
          label={t.signIn.email}
          type="email"
          value={email}
          isReadOnly
          autoComplete="username"
          onChange={setEmail}
        />
        <TextField
          label={t.signIn.password}
          type="password"
          value={password}
          isRequired
          isFirst={!hasProvider}
          autoComplete="current-password"
          onChange={setPassword}
        />
        {asked.includes("tenant") && (
          <>
            <p role="status">{t.signIn.several}</p>
            <TextField label={t.signIn.whichProject} value={project} isFirst onChange={setProject} />
            <TextField label={t.signIn.whose} value={tenant} onChange={setTenant} />
          </>
        )}
        {asked.includes("code") && (
          <TextField
            label={t.signIn.code}
            hint={t.signIn.codeHint}
            value={code}
            isRequired
            isFirst
            autoComplete="one-time-code"
            onChange={setCode}
          />
        )}
      </Form>
      <PasskeyButton api={api} onSession={onSession} />
    </>
  );
}

function given(name: string, value: string): object {
  return value === "" ? {} : { [name]: value };
}
