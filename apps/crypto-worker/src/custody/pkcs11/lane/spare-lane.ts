import type { Admits } from '../../../turn/fair-line.js';
import type { Job } from './job-queue.js';

/** A tenant that sent a request within this time is active. Milliseconds. */
const rememberedMs = 1000;

/**
 * Reserves the last idle lane for active tenants that have no lane, so that a tenant with few jobs need not wait for one of
 * another tenant's many jobs. Milliseconds are those of a monotonic clock.
 */
export class SpareLane {
  /** The time of each tenant's last request, the oldest first. */
  private readonly asked = new Map<string, number>();

  /** Notes a request of a tenant. Jobs without a tenant do not count. */
  note(tenant: string, now: number): void {
    if (tenant === '') return;
    this.asked.delete(tenant);
    this.asked.set(tenant, now);
    this.forget(now);
  }

  /**
   * @param underWay the jobs of the other lanes
   * @returns undefined if the lane is for everybody
   */
  isFor(underWay: readonly Pick<Job, 'tenant' | 'slow'>[], now: number): Admits | undefined {
    this.forget(now);
    // Slow jobs have lanes of their own, which do not help their tenant's other jobs.
    const served = new Set(underWay.filter(({ slow }) => !slow).map(({ tenant }) => tenant));
    const admits: Admits = (tenant) => !served.has(tenant);
    for (const tenant of this.asked.keys()) if (admits(tenant)) return admits;
    return undefined;
  }

  private forget(now: number): void {
    for (const [tenant, at] of this.asked) {
      if (now - at < rememberedMs) return;
      this.asked.delete(tenant);
    }
  }
}
