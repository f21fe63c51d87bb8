import { QueryClientProvider } from "@tanstack/react-query";
import { useCallback, useEffect, useMemo, useState } from "react";
import type { TenantAnswer } from "./api/answers.ts";
import { ApiContext } from "./api/api-context.ts";
import { createApi } from "./api/client.ts";
import { type Credential, keepCredential, readCredential } from "./api/credential.ts";
import { isRefusal, type Problem, problemOf } from "./api/problem.ts";
import { createQueryClient } from "./api/query-client.ts";
import { Shell } from "./frame/shell.tsx";
import { type SignedOutReason, SignIn } from "./session/sign-in.tsx";
import { explainProblem } from "./shared/explain-problem.ts";
import { Notice } from "./shared/notice.tsx";
import { t } from "./texts/texts.ts";

const RETRY_MS = 3_000;

type Stage =
  | { readonly kind: "starting" }
  | { readonly kind: "signed-out"; readonly reason: SignedOutReason }
  | { readonly kind: "open"; readonly tenant: TenantAnswer }
  | { readonly kind: "failed"; readonly problem: Problem };

/** Finds out who is there, and shows the log or the way in. */
export function App() {
  const [credential, setCredential] = useState<Credential>(readCredential);
  const [stage, setStage] = useState<Stage>({ kind: "starting" });
  const [round, setRound] = useState(0);
  const leave = useCallback((reason: SignedOutReason) => {
    keepCredential({ kind: "session" });
    setStage({ kind: "signed-out", reason });
  }, []);
  const api = useMemo(
    () => createApi(credential, () => setStage((stage) => ({ kind: "signed-out", reason: whyOut(stage, credential) }))),
    [credential],
  );

  // Answers for one credential are nothing for another.
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new client for each way of asking
  const client = useMemo(createQueryClient, [api]);

  // biome-ignore lint/correctness/useExhaustiveDependencies: another round asks again
  useEffect(() => {
    const given = new AbortController();
    api.tenant(given.signal).then(
      (tenant) => {
        keepCredential(credential);
        setStage({ kind: "open", tenant });
      },
      (error: unknown) => {
        const problem = problemOf(error);
        if (problem === undefined || isRefusal(problem, "unauthenticated")) return;
        if (isRefusal(problem, "tenant_required")) return leave("tenant-needed");
        if (isRefusal(problem, "not_found")) return leave("tenant-unknown");
        setStage({ kind: "failed", problem });
      },
    );
    return () => given.abort();
  }, [api, round, leave]);
  useEffect(() => {
    if (stage.kind !== "failed" || !explainProblem(stage.problem).isPassing) return;
    const timer = setTimeout(() => setRound((previous) => previous + 1), RETRY_MS);
    return () => clearTimeout(timer);
  }, [stage]);

  const signOut = () => {
    if (credential.kind === "key") leave("left");
    else
      api.endSession().then(
        () => leave("left"),
        () => leave("left-unheard"),
      );
  };
  switch (stage.kind) {
    case "starting":
      return <p className="gate quiet">{t.opening}</p>;
    case "signed-out":
      return (
        <SignIn
          reason={stage.reason}
          onKey={(given) => {
            setStage({ kind: "starting" });
            setCredential(given);
          }}
        />
      );
    case "failed":
      return (
        <main className="gate">
          <Notice title={explainProblem(stage.problem).title}>
            <p role="alert">{explainProblem(stage.problem).text}</p>
            <button type="button" className="button" onClick={() => leave("never")}>
              {t.signIn.another}
            </button>
          </Notice>
        </main>
      );
    case "open":
      return (
        <ApiContext value={api}>
          <QueryClientProvider client={client}>
            <Shell tenant={stage.tenant} onSignOut={signOut} />
          </QueryClientProvider>
        </ApiContext>
      );
  }
}

function whyOut(stage: Stage, credential: Credential): SignedOutReason {
  if (credential.kind === "key") return "key-refused";
  return stage.kind === "open" ? "session-over" : stage.kind === "signed-out" ? stage.reason : "never";
}
