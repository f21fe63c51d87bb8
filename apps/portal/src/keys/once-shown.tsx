import { CopyButton } from "../shared/copy-button.tsx";
import { t } from "../texts/texts.ts";
import type { MadeKey } from "./key-dialog-props.ts";

/** A key's text, this once. */
export function OnceShown({ made }: { readonly made: MadeKey }) {
  return (
    <div className="form">
      <p role="status">{t.apiKeys.made(made.name)}</p>
      <pre className="once">{made.key}</pre>
      <p className="notice-actions">
        <CopyButton label={t.apiKeys.copy} text={made.key} />
      </p>
    </div>
  );
}
