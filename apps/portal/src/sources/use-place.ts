import { useWho } from "../api/who-context.ts";
import type { StepsAsk } from "../texts/en/source-steps.ts";

/** Whose sources are looked at; undefined where that is not known. */
export function usePlace(): StepsAsk["place"] {
  const { project, tenant } = useWho();
  return project === null || tenant === null ? undefined : { project, tenant };
}
