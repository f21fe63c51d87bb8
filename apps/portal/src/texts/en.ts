import { ACCESS } from "./en/access.ts";
import { DETAIL } from "./en/detail.ts";
import { FRAME } from "./en/frame.ts";
import { LIST } from "./en/list.ts";
import { OPERATOR } from "./en/operator.ts";
import { PEOPLE } from "./en/people.ts";
import { PROOF } from "./en/proof.ts";
import { QUERY } from "./en/query.ts";
import { READING } from "./en/reading.ts";
import { SIGN_IN } from "./en/sign-in.ts";
import { SOURCES } from "./en/sources.ts";
import { VIEWS } from "./en/views.ts";

/**
 * Every text of the page, in English, a file for each part of it. Texts with blanks are functions; `backticks` mark what is
 * typed, **stars** what matters. Messages of the server and names of actions are not here: they come in its language.
 */
export const EN = {
  ...FRAME,
  ...SIGN_IN,
  ...QUERY,
  ...LIST,
  ...DETAIL,
  ...PROOF,
  ...READING,
  ...PEOPLE,
  ...ACCESS,
  ...OPERATOR,
  ...VIEWS,
  ...SOURCES,
};
