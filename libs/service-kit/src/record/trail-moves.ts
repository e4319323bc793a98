import { monotonicNow } from '@ankasecure/contracts';

/** When tenants' records were last heard to have changed; times of `monotonicNow`. */
export class TrailMoves {
  private readonly moves = new Map<string, number>();
  /** When everything was compared, whether or not trails were seen to have moved. */
  private all = Number.NEGATIVE_INFINITY;

  last(tenantId: string): number {
    return Math.max(this.moves.get(tenantId) ?? Number.NEGATIVE_INFINITY, this.all);
  }

  moved(tenantIds: Iterable<string>): void {
    for (const tenantId of tenantIds) this.moves.set(tenantId, monotonicNow());
  }

  allMoved(): void {
    this.all = monotonicNow();
  }
}
