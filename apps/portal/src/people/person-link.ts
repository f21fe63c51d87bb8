import { formatView, PLAIN_VIEW, type View } from "../view/view.ts";

/** Where everything about a person is, by reference. */
export function personLink(person: string, zone: View["zone"]): string {
  return formatView({ ...PLAIN_VIEW, page: "people", person, zone });
}
