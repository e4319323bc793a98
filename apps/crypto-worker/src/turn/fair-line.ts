/** An item in a line. Its tenant decides its turn. */
interface Waiting {
  readonly tenant: string;
}

/** Decides whether a tenant may have a turn. */
export type Admits = (tenant: string) => boolean;

const everybody: Admits = () => true;

/**
 * A line in which tenants take turns: one item of each tenant before the second of any, and each tenant's items in order. A
 * tenant waits for at most one item of each other tenant, however many requests they send.
 */
export class FairLine<Item extends Waiting> {
  /** The first tenant has the next turn. */
  private lines = new Map<string, Item[]>();
  /** Items that have waited before. */
  private front: Item[] = [];
  private count = 0;

  get length(): number {
    return this.count;
  }

  /**
   * Tells whether there is room for one more item of the tenant: within `limit`, or within the tenant's share of it. A
   * tenant that fills the line leaves room for others, and no more than twice the limit ever waits.
   * @param waiting the total number of waiting items, if that is more than this line
   */
  hasRoomFor(tenant: string, limit: number, waiting = this.count): boolean {
    if (waiting < limit) return true;
    return waiting < 2 * limit && (this.lines.get(tenant)?.length ?? 0) < limit / (2 * (this.lines.size + 1));
  }

  push(item: Item): void {
    const line = this.lines.get(item.tenant);
    if (line === undefined) this.lines.set(item.tenant, [item]);
    else line.push(item);
    this.count++;
  }

  /** Puts the item before all others. */
  putInFront(item: Item): void {
    this.front.unshift(item);
    this.count++;
  }

  /** Returns the next item without removing it. Items that have waited before come first. */
  peek(admits = everybody): Item | undefined {
    if (this.front.length > 0) return this.front[0];
    for (const [tenant, line] of this.lines) if (admits(tenant)) return line[0];
    return undefined;
  }

  take(admits = everybody): Item | undefined {
    const item = this.front.shift() ?? this.takeTurn(admits);
    if (item !== undefined) this.count--;
    return item;
  }

  /** Keeps the items that `keep` returns, in order. */
  filter(keep: (items: readonly Item[]) => Item[]): void {
    this.front = keep(this.front);
    this.count = this.front.length;
    for (const [tenant, line] of this.lines) {
      const left = keep(line);
      this.count += left.length;
      if (left.length === 0) this.lines.delete(tenant);
      else this.lines.set(tenant, left);
    }
  }

  empty(): readonly Item[] {
    const all = [...this.front, ...[...this.lines.values()].flat()];
    this.filter(() => []);
    return all;
  }

  private takeTurn(admits: Admits): Item | undefined {
    for (const [tenant, line] of this.lines) {
      if (!admits(tenant)) continue;
      const item = line.shift();
      // A single tenant need not be moved behind itself.
      if (line.length === 0) this.lines.delete(tenant);
      else if (this.lines.size > 1) {
        this.lines.delete(tenant);
        this.lines.set(tenant, line);
      }
      return item;
    }
    return undefined;
  }
}
