import { expect, test } from "vitest";
import { onDemand } from "./on-demand.ts";
import { localClient } from "./rpc.ts";

test("a thread starts with its first work; before that there is nothing to end", async () => {
  let starts = 0;
  const called: string[] = [];
  const thread = onDemand(() => {
    starts++;
    return localClient({ run: (n: number) => n + 1, cancel: (id: string) => void called.push(id) });
  }, "run");
  await thread.call("cancel", "early");
  expect(starts).toBe(0);
  expect(await thread.call("run", 1)).toBe(2);
  expect(await thread.call("run", 2)).toBe(3);
  await thread.call("cancel", "late");
  expect({ starts, called }).toEqual({ starts: 1, called: ["late"] });
});
