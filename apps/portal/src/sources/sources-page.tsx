import "../styles/sources.css";
import type { View } from "../view/view.ts";
import { KeyedPage, keyedWayOf } from "./keyed-page.tsx";
import { SetUpPage } from "./set-up-page.tsx";
import { SourceList } from "./source-list.tsx";
import { SourcePage } from "./source-page.tsx";
import { WhichKind } from "./which-kind.tsx";

interface SourcesPageProps {
  readonly view: View;
  /** IANA name. */
  readonly zone: string;
}

/** All sources, the one whose page is open, or the one that is being set up. */
export default function SourcesPage({ view, zone }: SourcesPageProps) {
  if (view.source !== undefined) return <SourcePage key={view.source} id={view.source} view={view} zone={zone} />;
  if (view.setUp === "which") return <WhichKind view={view} />;
  const way = view.setUp === undefined ? undefined : keyedWayOf(view.setUp);
  if (way !== undefined) return <KeyedPage key={way.name} way={way} view={view} zone={zone} />;
  if (view.setUp !== undefined) return <SetUpPage key={view.setUp} kind={view.setUp} view={view} />;
  return <SourceList view={view} zone={zone} />;
}
