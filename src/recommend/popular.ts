/** What is answered when nothing is known about somebody: the items with the most interactions. */

/** Items by number of interactions, most first, ties by index. */
export class PopularItems {
  /** Item indexes in that order. */
  readonly order: Uint32Array;

  constructor(itemCounts: Uint32Array) {
    this.order = Uint32Array.from(itemCounts, (_, index) => index)
      .sort((a, b) => itemCounts[b] - itemCounts[a] || a - b);
  }

  /** The first n item indexes in that order without those of `excluded`. */
  top(n: number, excluded: ReadonlySet<number>): number[] {
    const found: number[] = [];
    for (let k = 0; k < this.order.length && found.length < n; k++) {
      if (!excluded.has(this.order[k])) found.push(this.order[k]);
    }
    return found;
  }
}
