import { CopyButton } from "../shared/copy-button.tsx";

/** What a new log needs: its first event. */
export function FirstSteps({ size }: { readonly size: "whole" | "beside" }) {
  const command = [
    `curl ${location.origin}/v1/events \\`,
    `  -H "Authorization: Bearer $CAIRN_KEY" \\`,
    `  -H 'Content-Type: application/json' \\`,
    `  -d '{"action":"document.viewed","actor":{"id":"u-1","name":"Jane Doe"},"targets":[{"type":"document","id":"d-7"}]}'`,
  ].join("\n");
  return (
    <section className={`notice first-steps first-steps-${size}`}>
      <h2>Record your first event</h2>
      <p>
        Put the key that the server printed when it started into <code>CAIRN_KEY</code>, or make one with{" "}
        <code>npx cairn keys create</code>. The event appears here within seconds.
      </p>
      <pre>
        <code>{command}</code>
      </pre>
      <CopyButton label="Copy the command" text={command} />
    </section>
  );
}
