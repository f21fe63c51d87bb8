import { expectTypeOf, test } from "vitest";
import { createCairn } from "../index.ts";

/** As `cairn catalog types` writes it. */
interface Catalog {
  "document.viewed": { readonly details: { readonly pages: number } };
  "document.printed": { readonly details?: { readonly copies?: number } };
  "session.ended": { readonly details?: unknown };
}

test("actions and details are typed by the catalog", () => {
  const { log } = createCairn<Catalog>({ url: "http://127.0.0.1:1", key: "k" });
  type Argument<A extends keyof Catalog> = Parameters<typeof log<A>>[0];

  expectTypeOf<{ action: "document.viewed"; details: { pages: 3 } }>().toExtend<Argument<"document.viewed">>();
  expectTypeOf<{ action: "document.printed" }>().toExtend<Argument<"document.printed">>();
  expectTypeOf<{ action: "session.ended"; details: [1, "two", null] }>().toExtend<Argument<"session.ended">>();

  // @ts-expect-error the action is not in the catalog
  void (() => log({ action: "document.vieewd", details: { pages: 3 } }));
  // @ts-expect-error details are required
  void (() => log({ action: "document.viewed" }));
  // @ts-expect-error details have another type
  void (() => log({ action: "document.viewed", details: { pages: "three" } }));
  // @ts-expect-error no such field of an event
  void (() => log({ action: "document.printed", acton: "x" }));
});

test("without a catalog any action goes", () => {
  const { log } = createCairn({ url: "http://127.0.0.1:1", key: "k" });
  void (() => log({ action: "anything.at.all", details: { nested: [1, { a: null }] }, occurred_at: new Date() }));
  // @ts-expect-error an action is required
  void (() => log({ details: 1 }));
  expectTypeOf(log).returns.toBeString();
});
