import { useEffect, useRef, useState } from "react";
import { Icon } from "../shared/icon.tsx";
import { t } from "../texts/texts.ts";
import { formatView, type PageName, PLAIN_VIEW, type View } from "../view/view.ts";
import type { OpenPages } from "./pages.ts";

interface NavigationProps {
  readonly view: View;
  readonly pages: OpenPages;
}

/** The way to each page. What few need opens from a button, and on a telephone everything does. */
export function Navigation({ view, pages }: NavigationProps) {
  const [open, setOpen] = useState<"all" | "managing">();
  const root = useRef<HTMLElement>(null);
  useEffect(() => {
    if (open === undefined) return;
    const onPointer = (event: Event) => {
      if (event.target instanceof Node && root.current?.contains(event.target) === false) setOpen(undefined);
    };
    addEventListener("pointerdown", onPointer);
    return () => removeEventListener("pointerdown", onPointer);
  }, [open]);
  const link = (page: PageName) => (
    <li key={page} className={`to-${page}`}>
      <a
        href={formatView({ ...PLAIN_VIEW, zone: view.zone, page })}
        aria-current={page === view.page ? "page" : undefined}
        onClick={() => setOpen(undefined)}
      >
        {t.pages[page]}
      </a>
    </li>
  );
  const isManaging = pages.managing.includes(view.page);
  return (
    <nav
      ref={root}
      className="navigation"
      aria-label={t.pagesLabel}
      onKeyDown={(event) => {
        if (event.key === "Escape" && open !== undefined) setOpen(undefined);
      }}
    >
      <button
        type="button"
        className="button navigation-button"
        aria-expanded={open === "all"}
        aria-controls="navigation"
        onClick={() => setOpen(open === "all" ? undefined : "all")}
      >
        <Icon name="menu" />
        {t.pages[view.page]}
      </button>
      <div id="navigation" className={`navigation-lists${open === "all" ? " is-open" : ""}`}>
        <ul>{pages.reading.map(link)}</ul>
        {pages.managing.length > 0 && (
          <div className="navigation-managing">
            <button
              type="button"
              className={`navigation-more${isManaging ? " is-current" : ""}`}
              aria-expanded={open === "managing"}
              aria-controls="navigation-managing"
              onClick={() => setOpen(open === "managing" ? undefined : "managing")}
            >
              {isManaging ? t.pages[view.page] : t.manage}
              <Icon name="open" />
            </button>
            <ul id="navigation-managing" className={open === "managing" ? "is-open" : ""}>
              {pages.managing.map(link)}
            </ul>
          </div>
        )}
        <ul className="navigation-account">{link("account")}</ul>
      </div>
    </nav>
  );
}
