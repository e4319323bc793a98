import { monotonicNow } from '@ankasecure/contracts';
import { Logger } from '@ankasecure/service-kit';
import { Injectable } from '@nestjs/common';
import { Lease } from '../lease/lease.js';
import { Rounds } from '../lease/rounds.js';
import { type OpenRotation, OpenRotations } from './open-rotation.js';
import { RetireOldKeks } from './retire-old-kek.js';
import { beforeAll } from './rewrap.sql.js';
import { RewrapPage } from './rewrap-page.js';

const everyMs = 500;
/** The pause of a rotation after a version could not be rewrapped, in milliseconds. It doubles each time, up to `most`. */
const restMs = { first: 1000, most: 30_000 };

interface Rest {
  readonly ms: number;
  readonly until: number;
}

/**
 * Continues rotations of KEKs, page by page. Keys are unwrapped and rewrapped inside the token. One commit per page records
 * each new blob if the old one is unchanged. When a worker dies, any other continues after the last whole page. When nothing
 * needs an older KEK, it is retired, which ends the rotation. A key that cannot be rewrapped delays the end and is
 * reported; an operator restores its row or destroys the key.
 */
@Injectable()
export class RewrapKeys extends Rounds {
  /** By tenant. */
  private readonly resting = new Map<string, Rest>();

  constructor(
    private readonly rotations: OpenRotations,
    private readonly lease: Lease,
    private readonly pages: RewrapPage,
    private readonly oldKeks: RetireOldKeks,
    log: Logger,
  ) {
    super(everyMs, 'rotation of KEKs', log);
  }

  protected async round(): Promise<void> {
    if (!this.pages.isPossible()) return;
    for (const rotation of await this.rotations.list()) {
      if (this.isStopped) return;
      const { tenantId } = rotation;
      if ((this.resting.get(tenantId)?.until ?? 0) > monotonicNow()) continue;
      await this.lease.alone(`kek:${tenantId}`, () => this.tryOn(rotation));
    }
  }

  /** A rotation that fails rests, and delays no other tenant's. */
  private async tryOn(listed: OpenRotation): Promise<void> {
    try {
      const rotation = await this.rotations.confirm(listed);
      if (rotation !== undefined) await this.carryOn(rotation);
    } catch (error) {
      this.log.warn({ tenantId: listed.tenantId, reason: (error as Error).message }, 'a rotation of a KEK must wait');
      this.rest(listed.tenantId);
    }
  }

  private async carryOn(rotation: OpenRotation): Promise<void> {
    if (!(await this.rewrapAll(rotation))) return this.rest(rotation.tenantId);
    this.resting.delete(rotation.tenantId);
    await this.oldKeks.retireOlder(rotation);
  }

  private rest(tenantId: string): void {
    const last = this.resting.get(tenantId)?.ms;
    const ms = last === undefined ? restMs.first : Math.min(2 * last, restMs.most);
    this.resting.set(tenantId, { ms, until: monotonicNow() + ms });
  }

  /** @returns false if keys are left */
  private async rewrapAll(rotation: OpenRotation): Promise<boolean> {
    let complete = true;
    let position = beforeAll;
    while (!this.isStopped) {
      const page = await this.pages.rewrapAfter(rotation, position);
      if (page === undefined) return complete;
      complete &&= page.complete;
      position = page.last;
    }
    return false;
  }
}
