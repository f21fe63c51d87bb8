import { Dialog } from "../shared/dialog.tsx";

const KEYS = [
  ["/", "go to the query"],
  ["j", "next event"],
  ["k", "previous event"],
  ["Enter", "open the event"],
  ["Esc", "close the detail, leave the query"],
  ["?", "these keys"],
] as const;

interface KeysDialogProps {
  readonly isOn: boolean;
  readonly onSwitch: (state: "on" | "off") => void;
  readonly onClose: () => void;
}

/** The keys that do something, and the switch for people whose computer presses keys by mistake. */
export function KeysDialog({ isOn, onSwitch, onClose }: KeysDialogProps) {
  return (
    <Dialog title="Keys" onClose={onClose}>
      <dl className="keys">
        {KEYS.map(([key, does]) => (
          <div key={key}>
            <dt>
              <kbd>{key}</kbd>
            </dt>
            <dd>{does}</dd>
          </div>
        ))}
      </dl>
      <label className="check">
        <input type="checkbox" checked={isOn} onChange={(event) => onSwitch(event.target.checked ? "on" : "off")} />
        Single-key shortcuts
      </label>
      <p className="quiet">A click on a value narrows the query to it; with Alt, to everything else.</p>
    </Dialog>
  );
}
