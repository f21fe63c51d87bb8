import { Icon } from "../shared/icon.tsx";
import { t } from "../texts/texts.ts";
import { personLink } from "./person-link.ts";

interface ToPersonProps {
  /** Subject reference. */
  readonly person: string;
  /** What they are called; several such links may stand side by side. */
  readonly name?: string;
}

/** The way from a person's name, wherever it stands, to all that is recorded of them. */
export function ToPerson({ person, name }: ToPersonProps) {
  const label = name === undefined ? t.people.open : t.people.about(name);
  return (
    <a className="to-person is-shown" href={personLink(person, undefined)} aria-label={label} title={label}>
      <Icon name="person" />
    </a>
  );
}
