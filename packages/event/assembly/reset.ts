import { forgetCategories } from "./event";
import { startPaths } from "./paths";
import { layOut } from "./memory";
import { clear } from "./table";
import { forgetShapes } from "./units";

/** Forgets everything. The seeds keep senders from choosing keys that collide. */
export function reset(first: u32, second: u32): void {
  layOut(0, 0);
  clear(first, second);
  startPaths();
  forgetShapes();
  forgetCategories();
}
