import type { View } from "../view/view.ts";
import { Everybody } from "./everybody.tsx";
import { PersonPage } from "./person-page.tsx";

interface PeoplePageProps {
  readonly view: View;
  /** IANA name. */
  readonly zone: string;
}

/** Everybody whom the log knows, or the one whom the address names. */
export default function PeoplePage({ view, zone }: PeoplePageProps) {
  return view.person === undefined ? (
    <Everybody view={view} />
  ) : (
    <PersonPage person={view.person} view={view} zone={zone} />
  );
}
