import { monotonicNow } from '@ankasecure/contracts';

/** Time for which a row is deferred, in milliseconds. It doubles at each refusal. */
const asideMs = { first: 1000, most: 10_000 };

interface Deferral {
  readonly tenantId: string;
  readonly until: number;
  readonly times: number;
}

/**
 * Rows that the audit service refused for a reason outside the row, as far as this process knows. Most often their tenant's
 * trail cannot be sealed at the time. All times are moments of `monotonicNow`.
 */
export class Deferrals {
  private readonly rows = new Map<string, Deferral>();

  get ids(): readonly string[] {
    return [...this.rows.keys()];
  }

  /** The tenants of the rows. */
  get tenants(): ReadonlySet<string> {
    return new Set([...this.rows.values()].map(({ tenantId }) => tenantId));
  }

  /**
   * Returns the rows to retry. All belong to one tenant, so that no tenant waits for another's trail. Their number falls to
   * a quarter at each retry, so a row that keeps failing finally fails alone.
   * @param most rows at the first retry
   */
  due(most: number, now = monotonicNow()): readonly string[] {
    const due = [...this.rows].filter(([, { until }]) => until <= now);
    const [first] = due;
    if (first === undefined) return [];
    const [, { tenantId, times }] = first;
    const atOnce = Math.max(1, Math.floor(most / 4 ** (times - 1)));
    return due
      .filter(([, row]) => row.tenantId === tenantId)
      .slice(0, atOnce)
      .map(([id]) => id);
  }

  /** Defers a row behind all other deferred rows. Each deferral of a row is longer than the one before. */
  put(id: string, tenantId: string, now = monotonicNow()): void {
    const times = (this.rows.get(id)?.times ?? 0) + 1;
    this.rows.delete(id);
    this.rows.set(id, { tenantId, until: now + Math.min(asideMs.most, asideMs.first * 2 ** (times - 1)), times });
  }

  drop(ids: readonly string[]): void {
    for (const id of ids) this.rows.delete(id);
  }
}
