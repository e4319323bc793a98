import type { Admits } from './fair-line.js';
import type { Job } from './job-queue.js';

/** Whoever asked within so many milliseconds is about. */
const rememberedMs = 1000;

/**
 * The last idle lane, while several tenants are about, is for those who have no other: whoever asks now and then need not wait
 * until one of somebody's many jobs is done. Milliseconds are those of a clock that does not go back.
 */
export class SpareLane {
  #last = '';
  #severalAt = Number.NEGATIVE_INFINITY;

  /** Somebody asks. What is asked for no tenant says nothing about who is about. */
  note(tenant: string, now: number): void {
    if (tenant === '' || tenant === this.#last) return;
    if (this.#last !== '') this.#severalAt = now;
    this.#last = tenant;
  }

  /**
   * @param underWay what the other lanes do
   * @returns undefined where it is for everybody
   */
  isFor(underWay: readonly Pick<Job, 'tenant' | 'slow'>[], now: number): Admits | undefined {
    if (now - this.#severalAt >= rememberedMs) return undefined;
    // Slow jobs have lanes of their own, which do not help their tenant's others.
    const served = new Set(underWay.filter(({ slow }) => !slow).map(({ tenant }) => tenant));
    return (tenant) => !served.has(tenant);
  }
}
