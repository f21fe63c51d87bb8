import { Dialog } from "../shared/dialog.tsx";
import { t } from "../texts/texts.ts";

interface KeysDialogProps {
  readonly isOn: boolean;
  readonly onSwitch: (state: "on" | "off") => void;
  readonly onClose: () => void;
}

/** The keys that do something, and the switch for people whose computer presses keys by mistake. */
export function KeysDialog({ isOn, onSwitch, onClose }: KeysDialogProps) {
  return (
    <Dialog title={t.keys.title} onClose={onClose}>
      <dl className="keys">
        {t.keys.list.map(([key, does]) => (
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
        {t.keys.single}
      </label>
      <p className="quiet">{t.keys.clicks}</p>
    </Dialog>
  );
}
