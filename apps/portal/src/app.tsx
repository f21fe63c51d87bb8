import { QueryClientProvider } from "@tanstack/react-query";
import { lazy, Suspense, useCallback, useEffect, useMemo, useState, useSyncExternalStore } from "react";
import type { Who } from "./api/access-answers.ts";
import type { TenantAnswer } from "./api/answers.ts";
import { ApiContext } from "./api/api-context.ts";
import { type Api, createApi } from "./api/client.ts";
import { type Credential, keepCredential, readCredential } from "./api/credential.ts";
import { isRefusal, type Problem, problemOf } from "./api/problem.ts";
import { createQueryClient } from "./api/query-client.ts";
import { WhoContext } from "./api/who-context.ts";
import { Shell } from "./frame/shell.tsx";
import { beginningOf } from "./saved-views/beginning.ts";
import { type SignedOutReason, SignIn } from "./session/sign-in.tsx";
import { explainProblem } from "./shared/explain-problem.ts";
import { Notice } from "./shared/notice.tsx";
import { t } from "./texts/texts.ts";
import { showView } from "./view/use-view.ts";
import type { View } from "./view/view.ts";

const InvitationPage = lazy(() => import("./session/invitation-page.tsx"));
const SecondFactorPage = lazy(() => import("./account/second-factor-page.tsx"));

const RETRY_MS = 3_000;

type Stage =
  | { readonly kind: "starting" }
  | { readonly kind: "signed-out"; readonly reason: SignedOutReason }
  /** `tenant` is undefined for an operator whom the tenant does not let read. */
  | { readonly kind: "open"; readonly who: Who; readonly tenant: TenantAnswer | undefined }
  | { readonly kind: "failed"; readonly problem: Problem };

/** Finds out who is there, and shows the log or the way in. */
export function App() {
  const [credential, setCredential] = useState<Credential>(readCredential);
  const [stage, setStage] = useState<Stage>({ kind: "starting" });
  const [round, setRound] = useState(0);
  const invitation = useSyncExternalStore(subscribeToHash, invitationToken);
  const leave = useCallback((reason: SignedOutReason) => {
    keepCredential({ kind: "session" });
    setStage({ kind: "signed-out", reason });
  }, []);
  const begin = useCallback((given: Credential) => {
    setStage({ kind: "starting" });
    setCredential(given);
  }, []);
  const api = useMemo(
    () =>
      createApi(credential, {
        onSignedOut: () => setStage((stage) => ({ kind: "signed-out", reason: whyOut(stage, credential) })),
        onSecondFactorMissing: () => setStage(withoutSecondFactor),
      }),
    [credential],
  );

  // Answers for one credential are nothing for another.
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new client for each way of asking
  const client = useMemo(createQueryClient, [api]);

  // biome-ignore lint/correctness/useExhaustiveDependencies: another round asks again
  useEffect(() => {
    if (invitation !== undefined) return;
    const given = new AbortController();
    whoAndWhere(api, given.signal).then(
      ({ beginning, ...found }) => {
        keepCredential(credential);
        if (beginning !== undefined && location.hash === "") showView(beginning, "same");
        setStage({ kind: "open", ...found });
      },
      (error: unknown) => {
        const problem = problemOf(error);
        if (problem === undefined || isRefusal(problem, "unauthenticated")) return;
        // A tenant that is gone is left, by whoever only visits it.
        const isVisit = credential.kind === "session" && credential.at !== undefined;
        if (isVisit && isRefusal(problem, "not_found")) return begin({ kind: "session" });
        if (isRefusal(problem, "tenant_required")) return leave("tenant-needed");
        if (isRefusal(problem, "not_found")) return leave("tenant-unknown");
        setStage({ kind: "failed", problem });
      },
    );
    return () => given.abort();
  }, [api, round, leave, begin, invitation]);
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
  const enter = () => begin({ kind: "session" });
  const content = () => {
    if (invitation !== undefined) {
      const onward = () => {
        // Used or not, the token is nobody's business any more: not even of Back.
        history.replaceState(null, "", location.pathname);
        dispatchEvent(new Event("hashchange"));
        enter();
      };
      return (
        <Suspense fallback={<p className="gate quiet">{t.invitation.opening}</p>}>
          <InvitationPage key={invitation} api={api} token={invitation} onSession={onward} onLeave={onward} />
        </Suspense>
      );
    }
    switch (stage.kind) {
      case "starting":
        return <p className="gate quiet">{t.opening}</p>;
      case "signed-out":
        return <SignIn api={api} reason={stage.reason} onKey={begin} onSession={enter} />;
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
        if (stage.who.second_factor_missing) {
          return (
            <Suspense fallback={<p className="gate quiet">{t.opening}</p>}>
              <SecondFactorPage onDone={enter} onSignOut={signOut} />
            </Suspense>
          );
        }
        return (
          <WhoContext value={credential.kind === "session" ? { ...stage.who, ...credential.at } : stage.who}>
            <Shell
              tenant={stage.tenant}
              at={credential.kind === "session" ? credential.at : undefined}
              onVisit={(at) => begin(at === undefined ? { kind: "session" } : { kind: "session", at })}
              onSession={enter}
              onRenamed={() => setRound((previous) => previous + 1)}
              onSignOut={signOut}
            />
          </WhoContext>
        );
    }
  };
  return (
    <ApiContext value={api}>
      <QueryClientProvider client={client}>{content()}</QueryClientProvider>
    </ApiContext>
  );
}

/**
 * Who is signed in, and whose log it is: an operator may manage a tenant without being let read it, and who lacks a second
 * factor is let do nothing else than to set one up.
 */
async function whoAndWhere(
  api: Api,
  signal: AbortSignal,
): Promise<{ readonly who: Who; readonly tenant: TenantAnswer | undefined; readonly beginning: View | undefined }> {
  const tenant = api.tenant(signal).catch((error: unknown) => {
    const problem = problemOf(error);
    if (isRefusal(problem, "grant_required") || isRefusal(problem, "second_factor_missing")) return undefined;
    throw error;
  });
  const [who, where, beginning] = await Promise.all([
    api.get<Who>("/v1/session", signal),
    tenant,
    beginningOf(api, signal),
  ]);
  return { who, tenant: where, beginning };
}

/** The tenant has begun to require a second factor while its log was open. */
function withoutSecondFactor(stage: Stage): Stage {
  return stage.kind === "open" ? { ...stage, who: { ...stage.who, second_factor_missing: true } } : stage;
}

function whyOut(stage: Stage, credential: Credential): SignedOutReason {
  if (credential.kind === "key") return "key-refused";
  return stage.kind === "open" ? "session-over" : stage.kind === "signed-out" ? stage.reason : "never";
}

const INVITATION = "#invitation=";

function invitationToken(): string | undefined {
  return location.hash.startsWith(INVITATION) ? location.hash.slice(INVITATION.length) : undefined;
}

function subscribeToHash(onChange: () => void): () => void {
  addEventListener("hashchange", onChange);
  return () => removeEventListener("hashchange", onChange);
}
