import { CopyButton } from "../shared/copy-button.tsx";
import { Rich } from "../texts/rich.tsx";
import { t } from "../texts/texts.ts";

/** What a new log needs: its first event. */
export function FirstSteps({ size }: { readonly size: "whole" | "beside" }) {
  const command = recordCommand();
  return (
    <section className={`notice first-steps first-steps-${size}`}>
      <h2>{t.first.title}</h2>
      <p>
        <Rich text={t.first.text} />
      </p>
      <pre>
        <code>{command}</code>
      </pre>
      <CopyButton label={t.first.copy} text={command} />
    </section>
  );
}

/** The command that records an event here. */
export function recordCommand(): string {
  return [
    `curl ${location.origin}/v1/events \\`,
    `  -H "Authorization: Bearer $CAIRN_KEY" \\`,
    `  -H 'Content-Type: application/json' \\`,
    `  -d '{"action":"document.viewed","actor":{"id":"u-1","name":"Jane Doe"},"targets":[{"type":"document","id":"d-7"}]}'`,
  ].join("\n");
}
