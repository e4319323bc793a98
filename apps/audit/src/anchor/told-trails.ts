import { AnkaError, monotonicNow } from '@ankasecure/contracts';
import { asAnkaError, BoundedMap, Logger, ownContext } from '@ankasecure/service-kit';
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { byTenant, indexReaches, isSameEnd, type ToldEnd, unreachedEnds } from '../end/sealed-ends.js';
import { type Descent, mayRead, TrailDescent } from '../end/trail-descent.js';
import type { AnchoredHead, AnchoredTrails } from './anchored-heads.js';
import { lastAnchor, storeAnchor, trailHeads } from './trail-anchor.sql.js';
import { numberAfter, placeOf, type Told } from './trail-place.js';
import { UnprovenTrails } from './unproven-trails.js';

/** The time for the proofs of one reading, in milliseconds. What does not end goes on in the next one. */
const provingMs = 5_000;
/** Trails that are remembered with their turns. */
const capacity = 100_000;

/** Reads from the database how the trails and the anchors stand. */
@Injectable()
export class ToldTrails {
  /** The trails that had a turn, and whether they were proved in it; that of the longest time ago first. */
  private readonly turns = new BoundedMap<string, boolean>(capacity);

  constructor(
    private readonly dataSource: DataSource,
    private readonly descent: TrailDescent,
    private readonly unproven: UnprovenTrails,
    private readonly log: Logger,
  ) {}

  heads(): Promise<readonly AnchoredHead[]> {
    return trailHeads(this.dataSource);
  }

  /** The heads in the database, compared with what this process knows. Only trails that have moved are read. */
  async read(): Promise<Told> {
    const { ends } = this.descent;
    const [sealed, indexes, anchored] = [ends.all(), ends.allIndexes(), this.descent.anchored];
    const heads = await this.heads();
    const isBehind = (head: AnchoredHead): boolean => !indexReaches(placeOf(head), indexes.get(head.tenantId));
    const short = new Set(unreachedEnds(sealed, heads).keys());
    for (const head of heads) if (isBehind(head)) short.add(head.tenantId);
    const descents = await this.descents(heads.filter(({ tenantId }) => !short.has(tenantId)));
    // A head that was told before a place was anchored need not reach it. The next reading tells.
    for (const [tenantId, descent] of descents)
      if (descent === 'broken' && !isSamePlace(anchored.get(tenantId), this.descent.anchored.get(tenantId)))
        descents.set(tenantId, 'pending');
    const those = (...of: readonly Descent[]): readonly string[] =>
      [...descents].flatMap(([tenantId, one]) => (typeof one === 'string' && of.includes(one) ? [tenantId] : []));
    const failed = [...descents].flatMap(([tenantId, one]) =>
      one instanceof AnkaError ? [[tenantId, one] as const] : [],
    );
    return {
      heads,
      behind: new Set([...short, ...those('broken')]),
      pending: new Set(those('pending', 'unsealed')),
      failed: new Map(failed),
    };
  }

  /** Ends a round, which has left these trails unproved. */
  endRound(unproved: ReadonlySet<string>): void {
    this.unproven.note(unproved);
  }

  private async descents(heads: readonly AnchoredHead[]): Promise<Map<string, Descent | AnkaError>> {
    const found = new Map<string, Descent | AnkaError>();
    const deadline = monotonicNow() + provingMs;
    const begun = new Set<AnchoredHead>();
    const proveAll = async (lane: readonly AnchoredHead[]): Promise<void> => {
      for (const head of lane) {
        if (begun.has(head)) continue;
        begun.add(head);
        found.set(head.tenantId, await this.descentOf(head, deadline));
      }
    };
    await Promise.all(this.lanes(heads).map(proveAll));
    return found;
  }

  /**
   * The orders in which two trails are proved at the same time; each takes a connection. A trail whose last turn was the longest time
   * ago comes first, so that none waits for others that are proved slowly. One order ends with the trails that were not proved in their
   * last turn, so that they hold up no other, and one begins with them, so that no other holds them up.
   */
  private lanes(heads: readonly AnchoredHead[]): readonly (readonly AnchoredHead[])[] {
    const all = byTenant(heads);
    const those = (wasProved: boolean): readonly AnchoredHead[] =>
      [...this.turns].flatMap(([tenantId, was]) => (was === wasProved ? (all.get(tenantId) ?? []) : []));
    const fresh = heads.filter(({ tenantId }) => !this.turns.has(tenantId));
    const [proved, unproved] = [those(true), those(false)];
    return [
      [...fresh, ...proved, ...unproved],
      [...unproved, ...fresh, ...proved],
    ];
  }

  /**
   * No seal can be proved while the workers of the tenant's partition do not answer. Its trail waits. Any other error is one of this
   * trail, and the others go on.
   */
  private async descentOf({ tenantId, ...end }: AnchoredHead, deadline: number): Promise<Descent | AnkaError> {
    const context = { ...ownContext('audit', provingMs, tenantId), deadline };
    const isTooLate = !mayRead(deadline);
    const descent = await this.descent.of(context, end).catch((error: unknown) => this.refusal(tenantId, error));
    // Nothing was read of a trail whose turn has not come. It keeps its place.
    if (descent === 'proven' || !isTooLate) this.turns.set(tenantId, descent === 'proven');
    return descent;
  }

  private refusal(tenantId: string, error: unknown): 'pending' | AnkaError {
    const known = asAnkaError(error);
    if (known.retryable) return 'pending';
    this.log.warn({ tenantId, reason: (error as Error).message }, 'the end of a trail cannot be proved');
    return known;
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

const isSamePlace = (a: ToldEnd | undefined, b: ToldEnd | undefined): boolean =>
  a === undefined || b === undefined ? a === b : isSameEnd(a, b);
