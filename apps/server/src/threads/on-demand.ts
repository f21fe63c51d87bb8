import type { Caller, Client, Handlers } from "./rpc.ts";

/**
 * A thread that starts when its `work` is first called: most servers run for long before they need it, and it costs memory
 * and a part of the start. Before that there is nothing to end or to close, and what else is called is done at once.
 */
export function onDemand<Api extends Handlers>(start: () => Client<Api>, work: keyof Api & string): Caller<Api> {
  let started: Client<Api> | undefined;
  const call: Client<Api>["call"] = (name, ...rest) => {
    if (name === work) started ??= start();
    return started?.call(name, ...rest) ?? Promise.resolve(undefined as never);
  };
  return { call };
}
