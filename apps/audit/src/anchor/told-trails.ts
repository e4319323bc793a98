import { AnkaError, monotonicNow } from '@ankasecure/contracts';
import { ownContext } from '@ankasecure/service-kit';
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { indexReaches, unreachedEnds } from '../end/sealed-ends.js';
import { type Descent, TrailDescent } from '../end/trail-descent.js';
import type { AnchoredHead, AnchoredTrails } from './anchored-heads.js';
import { lastAnchor, storeAnchor, trailHeads } from './trail-anchor.sql.js';
import { numberAfter, placeOf } from './trail-place.js';

/** The trails, as the database tells them, and what was proved of them. */
export interface Told {
  readonly heads: readonly AnchoredHead[];
  /** The tenants whose trails do not have what this process knows, or do not continue it. */
  readonly behind: ReadonlySet<string>;
  /** The tenants whose trails could not be proved to their ends yet. */
  readonly pending: ReadonlySet<string>;
}

/** The time for the proofs of one reading, in milliseconds. What does not end goes on in the next one. */
const provingMs = 5_000;
/** The trails that are proved at the same time. Each takes a connection. */
const trailsAtOnce = 2;

/** Reads from the database how the trails and the anchors stand. */
@Injectable()
export class ToldTrails {
  constructor(
    private readonly dataSource: DataSource,
    private readonly descent: TrailDescent,
  ) {}

  heads(): Promise<readonly AnchoredHead[]> {
    return trailHeads(this.dataSource);
  }

  /** The heads in the database, compared with what this process knows. Only trails that have moved are read. */
  async read(): Promise<Told> {
    const { ends } = this.descent;
    const [sealed, indexes] = [ends.all(), ends.allIndexes()];
    const heads = await this.heads();
    const isBehind = (head: AnchoredHead): boolean => !indexReaches(placeOf(head), indexes.get(head.tenantId));
    const short = new Set(unreachedEnds(sealed, heads).keys());
    for (const head of heads) if (isBehind(head)) short.add(head.tenantId);
    const descents = await this.descents(heads.filter(({ tenantId }) => !short.has(tenantId)));
    const those = (...of: readonly Descent[]): readonly string[] =>
      [...descents].flatMap(([tenantId, descent]) => (of.includes(descent) ? [tenantId] : []));
    return { heads, behind: new Set([...short, ...those('broken')]), pending: new Set(those('pending', 'unsealed')) };
  }

  private async descents(heads: readonly AnchoredHead[]): Promise<ReadonlyMap<string, Descent>> {
    const found = new Map<string, Descent>();
    const deadline = monotonicNow() + provingMs;
    const waiting = heads.values();
    const proveNext = async (): Promise<void> => {
      for (const head of waiting) found.set(head.tenantId, await this.descentOf(head, deadline));
    };
    await Promise.all(Array.from({ length: trailsAtOnce }, proveNext));
    return found;
  }

  /**
   * Proves first that the end known here continues the anchored place: both are known, so the database cannot lengthen the way
   * between them. No seal can be proved while the workers of the tenant's partition do not answer. Its trail waits.
   */
  private async descentOf({ tenantId, ...end }: AnchoredHead, deadline: number): Promise<Descent> {
    const context = { ...ownContext('audit', provingMs, tenantId), deadline };
    try {
      const joined = await this.descent.ofAnchored(context);
      if (joined !== 'proven') return joined;
      const descent = await this.descent.of(context, end);
      return descent === 'proven' ? await this.descent.ofAnchored(context) : descent;
    } catch (error) {
      if (error instanceof AnkaError && error.retryable) return 'pending';
      throw error;
    }
  }

  /** @param held the number of the anchor in the token; 0 for none */
  async nextNumber(held: number): Promise<number> {
    return numberAfter(held, await lastAnchor(this.dataSource), Date.now());
  }

  /** @returns false if another process has used the number */
  store(number: number, held: number, trails: AnchoredTrails): Promise<boolean> {
    return storeAnchor(this.dataSource, number, held, trails);
  }
}
