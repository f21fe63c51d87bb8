import { useState } from "react";
import { t } from "../texts/texts.ts";
import { formatView, PLAIN_VIEW } from "../view/view.ts";

const STORED = "cairn.link-later";

/** Offers whoever came by a link to become a member. Put away, it does not come back in this tab. */
export function LinkNotice() {
  const [isShown, setShown] = useState(() => !isPutAway());
  if (!isShown) return null;
  return (
    <aside className="shell-notice" aria-label={t.link.become}>
      <p>{t.link.text}</p>
      <p className="notice-actions">
        <a className="button" href={formatView({ ...PLAIN_VIEW, page: "account" })}>
          {t.link.become}
        </a>
        <button
          type="button"
          className="button"
          onClick={() => {
            putAway();
            setShown(false);
          }}
        >
          {t.link.later}
        </button>
      </p>
    </aside>
  );
}

interface VisitNoticeProps {
  readonly name: string;
  /** Whether the tenant lets operators read its events. */
  readonly isRead: boolean;
  readonly onBack: () => void;
}

/** Says whose pages an operator sees. */
export function VisitNotice({ name, isRead, onBack }: VisitNoticeProps) {
  return (
    <aside className="shell-notice is-visit" aria-label={t.visiting.label}>
      <p>
        {t.visiting.text(name)} {!isRead && t.visiting.noEvents}
      </p>
      <button type="button" className="button" onClick={onBack}>
        {t.visiting.back}
      </button>
    </aside>
  );
}

function isPutAway(): boolean {
  try {
    return sessionStorage.getItem(STORED) !== null;
  } catch {
    return false;
  }
}

function putAway(): void {
  try {
    sessionStorage.setItem(STORED, "yes");
  } catch {
    // Then it is put away until the page is loaded again.
  }
}
