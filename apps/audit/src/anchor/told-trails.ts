import { withTenant } from '@ankasecure/service-kit';
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { AnchoredHead, AnchoredTrails } from './anchored-heads.js';
import { indexReaches, type SealedEnd, SealedEnds, unreachedEnds } from './sealed-ends.js';
import { hasRow, lastAnchor, lostHeads, storeAnchor, trailHeads } from './trail-anchor.sql.js';
import { type KnownAnchor, lostTrail, numberAfter, placeOf, tenantsBefore } from './trail-place.js';

/** Reads from the database how the trails and the anchors stand. */
@Injectable()
export class ToldTrails {
  constructor(
    private readonly dataSource: DataSource,
    private readonly ends: SealedEnds,
  ) {}

  heads(): Promise<readonly AnchoredHead[]> {
    return trailHeads(this.dataSource);
  }

  /** The heads in the database, and of the trails that do not have it, what this process has sealed. */
  async read(): Promise<{
    readonly heads: readonly AnchoredHead[];
    readonly behind: ReadonlyMap<string, SealedEnd>;
  }> {
    const [sealed, indexes] = [this.ends.all(), this.ends.allIndexes()];
    const heads = await this.heads();
    const behind = new Map(unreachedEnds(sealed, heads));
    for (const head of heads)
      if (!indexReaches(placeOf(head), indexes.get(head.tenantId)))
        behind.set(head.tenantId, this.ends.of(head.tenantId) ?? { ...head, sealedAt: new Date(0) });
    for (const [tenantId, end] of this.ends.allMissed())
      if (!(await withTenant(this.dataSource, tenantId, (manager) => hasRow(manager, tenantId, end))))
        behind.set(tenantId, end);
    return { heads, behind };
  }

  /**
   * The trails that do not reach an anchor, and why. The database's own comparison is not enough: whoever owns it may have replaced
   * the function.
   */
  async lost(
    { anchor: { number }, trails }: KnownAnchor,
    heads: readonly AnchoredHead[],
  ): Promise<ReadonlyMap<string, string>> {
    const lost = [...tenantsBefore(trails.heads, heads), ...(await lostHeads(this.dataSource, number))];
    return new Map(lost.map((tenantId) => [tenantId, lostTrail(tenantId, number)]));
  }

  /** @param held the number of the anchor in the token; 0 for none */
  async nextNumber(held: number): Promise<number> {
    return numberAfter(held, await lastAnchor(this.dataSource));
  }

  /** @returns false if another process has used the number */
  store(number: number, held: number, trails: AnchoredTrails): Promise<boolean> {
    return storeAnchor(this.dataSource, number, held, trails);
  }
}
