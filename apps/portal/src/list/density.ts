import { useState } from "react";

/** How close the rows of a list stand. */
export const DENSITIES = ["dense", "usual", "roomy"] as const;
export type Density = (typeof DENSITIES)[number];

/** Heights of a row in rem; `table.css` has the same numbers. */
const ROW_REM: Readonly<Record<Density, number>> = { dense: 1.75, usual: 2, roomy: 2.6 };
/** On a telephone each event is a card of three lines. */
const CARD_REM = 6.25;

const STORED = "cairn.density";

/** The density that was chosen last in this browser, and how to choose another. */
export function useDensity(): readonly [Density, (density: Density) => void] {
  const [density, setDensity] = useState<Density>(stored);
  const choose = (chosen: Density) => {
    try {
      localStorage.setItem(STORED, chosen);
    } catch {
      // Then it holds for this visit only.
    }
    setDensity(chosen);
  };
  return [density, choose];
}

function stored(): Density {
  try {
    return DENSITIES.find((each) => each === localStorage.getItem(STORED)) ?? "usual";
  } catch {
    return "usual";
  }
}

/** Height of a row in pixels, for letters as large as the reader set them. */
export function rowPixels(density: Density, form: "row" | "card"): number {
  const rem = Number.parseFloat(getComputedStyle(document.documentElement).fontSize) || 16;
  return Math.round((form === "card" ? CARD_REM : ROW_REM[density]) * rem);
}
