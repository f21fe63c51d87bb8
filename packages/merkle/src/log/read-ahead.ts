/**
 * Maps items through an asynchronous function with up to `depth` calls under way, giving the answers in order.
 *
 * When a call fails, or the consumer stops, calls under way are left to end; their failures are nobody's.
 */
export async function* readAhead<T, R>(
  items: Iterable<T>,
  options: { readonly depth: number; readonly read: (item: T) => Promise<R> },
): AsyncGenerator<R, void, undefined> {
  const underWay: Promise<R>[] = [];
  for (const item of items) {
    const answer = options.read(item);
    answer.catch(() => undefined);
    underWay.push(answer);
    if (underWay.length >= options.depth) yield await underWay.shift()!;
  }
  for (const answer of underWay) yield await answer;
}
