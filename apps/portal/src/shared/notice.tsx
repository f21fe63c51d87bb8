import type { ReactNode } from "react";

/** A page's worth of explanation where there is nothing else to show. */
export function Notice({ title, children }: { readonly title: string; readonly children: ReactNode }) {
  return (
    <div className="notice">
      <h2>{title}</h2>
      {children}
    </div>
  );
}
