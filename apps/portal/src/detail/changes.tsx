import type { EventChange, Json } from "@cairn/event";
import { showValue } from "../event/leaves.ts";

/** What changed, before and after side by side. */
export function Changes({ changes }: { readonly changes: readonly EventChange[] }) {
  return (
    <section className="group">
      <h3>Changes</h3>
      <table className="changes">
        <thead>
          <tr>
            <th scope="col">Field</th>
            <th scope="col">Before</th>
            <th scope="col">After</th>
          </tr>
        </thead>
        <tbody>
          {changes.map((change, i) => (
            // A field may change twice in one event; the order is all that tells them apart.
            // biome-ignore lint/suspicious/noArrayIndexKey: an event never changes
            <tr key={i}>
              <th scope="row">{change.field}</th>
              <td>
                <Side value={change.before} kind="before" />
              </td>
              <td>
                <Side value={change.after} kind="after" />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

function Side({ value, kind }: { readonly value: Json | undefined; readonly kind: "before" | "after" }) {
  if (value === undefined) return <span className="quiet">not recorded</span>;
  if (value === "") return <span className="quiet">empty</span>;
  const text = typeof value === "object" && value !== null ? JSON.stringify(value, undefined, 2) : showValue(value);
  return kind === "before" ? <del>{text}</del> : <ins>{text}</ins>;
}
