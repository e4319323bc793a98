import { setTimeout as delay } from 'node:timers/promises';
import type { ChainHead, ChainRow } from '@ankasecure/audit-event';
import { monotonicNow } from '@ankasecure/contracts';
import { inBackground } from '@ankasecure/service-kit';
import { Injectable } from '@nestjs/common';
import { TrailGuard } from '../anchor/trail-guard.js';
import { SealedEnds } from '../end/sealed-ends.js';

/** The shortest time between comparisons on behalf of listings, in milliseconds. */
const againMs = 1_000;

/** The part of a trail that the database has shown to a listing. */
interface Shown {
  readonly rows: readonly ChainRow[];
  /** The last number of the trail, if all of it is listed. */
  readonly head: number | undefined;
}

/** Whether rows of a listing, or its end, deny the last row that this process knows. */
const denies = ({ rows, head }: Shown, known: ChainHead): boolean => {
  const there = rows.filter(({ seq }) => seq === known.seq);
  const isOther = there.length > 0 && !there.some(({ hash }) => Buffer.compare(hash, known.hash) === 0);
  return isOther || (head !== undefined && head < known.seq);
};

/** The last row that this process knows of a trail, and the acceptance of trails that it has taken over by then. */
export interface Known {
  readonly end: ChainHead | undefined;
  readonly accepted: number;
}

/** The last rows of trails that this process has sealed or proved, for listings. */
@Injectable()
export class KnownEnd {
  /** A comparison that has not begun yet, and when the last one began. */
  private next: Promise<unknown> | undefined;
  private begunAt = Number.NEGATIVE_INFINITY;

  constructor(
    private readonly ends: SealedEnds,
    private readonly guard: TrailGuard,
  ) {}

  of(tenantId: string): Known {
    return { end: this.ends.of(tenantId), accepted: this.guard.accepted };
  }

  /**
   * The end by which a listing is judged. If what is shown denies the known one, the trails are compared with the anchor first: an
   * operator may have accepted an older trail by another process, and this one forgets then what it knew.
   * @param before what was known before the listing was read
   */
  async standing(tenantId: string, shown: Shown, before: Known): Promise<ChainHead | undefined> {
    if (before.end === undefined || !denies(shown, before.end)) return before.end;
    if (this.guard.accepted === before.accepted) await this.compareAgain();
    if (this.guard.accepted === before.accepted) return before.end;
    const { end } = this.of(tenantId);
    // The accepted trail may have grown since the listing saw it.
    return end === undefined || denies(shown, end) ? undefined : end;
  }

  /** Joins the next comparison. One that has begun may have missed the acceptance. While no worker answers, nothing is accepted. */
  private compareAgain(): Promise<unknown> {
    this.next ??= inBackground(() => delay(Math.max(0, this.begunAt + againMs - monotonicNow()))).then(() => {
      this.next = undefined;
      this.begunAt = monotonicNow();
      return this.guard.compare().catch(() => undefined);
    });
    return this.next;
  }
}
