import { createTransport } from "./http/transport.ts";
import { type CairnOptions, resolveOptions } from "./options.ts";
import type { AnyCatalog } from "./producer/catalog-types.ts";
import { createProducer, type Producer } from "./producer/producer.ts";
import { createReader, type Reader } from "./read/reader.ts";

/** A client of one server, with one key: it records and reads. */
export type Cairn<C = AnyCatalog> = Producer<C> & Reader;

/**
 * Makes a client. With the types that `cairn catalog types` writes, actions and details are checked by the compiler:
 *
 * ```ts
 * const cairn = createCairn<Catalog>({ url, key });
 * cairn.log({ action: "document.viewed", actor: { id: "42" }, targets: [{ type: "document", id: "7" }] });
 * ```
 *
 * Throws `option_invalid` at once; connects when first used.
 */
export function createCairn<C = AnyCatalog>(options: CairnOptions): Cairn<C> {
  const resolved = resolveOptions(options);
  const transport = createTransport(resolved);
  const reader = createReader(transport, resolved);
  // The producer's `pending` is a getter: it must stay one.
  return Object.assign(createProducer<C>(transport, resolved), reader);
}
