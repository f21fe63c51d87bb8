import { useState } from "react";
import { Icon } from "../shared/icon.tsx";
import { t } from "../texts/texts.ts";
import { formatView, PAGES, PLAIN_VIEW, type View } from "../view/view.ts";

/** The way to each page. On a telephone it opens from a button. */
export function Navigation({ view }: { readonly view: View }) {
  const [isOpen, setOpen] = useState(false);
  return (
    <nav className="navigation" aria-label={t.pagesLabel}>
      <button
        type="button"
        className="button navigation-button"
        aria-expanded={isOpen}
        aria-controls="navigation"
        onClick={() => setOpen(!isOpen)}
      >
        <Icon name="menu" />
        {t.pages[view.page]}
      </button>
      <ul id="navigation" className={isOpen ? "is-open" : ""}>
        {PAGES.map((page) => (
          <li key={page}>
            <a
              href={formatView({ ...PLAIN_VIEW, zone: view.zone, page })}
              aria-current={page === view.page ? "page" : undefined}
              onClick={() => setOpen(false)}
            >
              {t.pages[page]}
            </a>
          </li>
        ))}
      </ul>
    </nav>
  );
}
