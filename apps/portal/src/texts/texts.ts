import { EN } from "./en.ts";

/** The texts of the page; a translation has the same shape. */
export type Texts = typeof EN;

/** The texts in the language of the page. */
export const t: Texts = EN;
