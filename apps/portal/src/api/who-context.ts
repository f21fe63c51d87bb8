import { createContext, useContext } from "react";
import type { Permission, Who } from "./access-answers.ts";

/** Who is signed in, for whoever needs to know. */
export const WhoContext = createContext<Who | undefined>(undefined);

/** Tells who is signed in, and what they may do. */
export function useWho(): Who & { readonly can: (permission: Permission) => boolean } {
  const who = useContext(WhoContext);
  if (who === undefined) throw new Error("BUG: a part of the page is shown without somebody who looks at it");
  return { ...who, can: (permission) => who.permissions.includes(permission) };
}
