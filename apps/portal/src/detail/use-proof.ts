import type { RecordedEvent } from "@cairn/event";
import { useCallback, useEffect, useState } from "react";
import type { Api } from "../api/client.ts";
import type { ProofState } from "../proof/state.ts";
import { t } from "../texts/texts.ts";

/** Sealing takes ten seconds at most; until then it is asked for again. */
const PENDING_RETRY_MS = 1_500;

/** Checks the proof of an event in this browser, again and again until it is sealed. */
export function useProof(api: Api, event: RecordedEvent): { readonly state: ProofState; readonly again: () => void } {
  const [state, setState] = useState<ProofState>({ kind: "checking" });
  const [round, setRound] = useState(0);
  const again = useCallback(() => setRound((previous) => previous + 1), []);
  // biome-ignore lint/correctness/useExhaustiveDependencies: another round checks the same again
  useEffect(() => {
    const given = new AbortController();
    void check(api, event, given.signal).then((next) => {
      if (!given.signal.aborted) setState(next);
    });
    return () => given.abort();
  }, [api, event, round]);
  useEffect(() => {
    if (state.kind !== "pending") return;
    const timer = setTimeout(again, PENDING_RETRY_MS);
    return () => clearTimeout(timer);
  }, [state, again]);
  return { state, again };
}

/** The cryptography comes when it is first needed: the list does not wait for it. */
async function check(api: Api, event: RecordedEvent, signal: AbortSignal): Promise<ProofState> {
  let examine: typeof import("../proof/examine.ts");
  try {
    examine = await import("../proof/examine.ts");
  } catch {
    return { kind: "unchecked", why: t.proof.notLoaded };
  }
  return examine.examineProof(api, event, signal);
}
