import { Logger } from '@ankasecure/service-kit';
import { Injectable } from '@nestjs/common';
import { Lease } from '../lease/lease.js';
import { Rests } from '../lease/rests.js';
import { Rounds } from '../lease/rounds.js';
import { RetireOldKeks } from './retirement/retire-old-kek.js';
import { beforeAll } from './rewrap.sql.js';
import { RewrapPage } from './rewrap-page.js';
import { type OpenRotation, OpenRotations } from './rotation/open-rotation.js';

const everyMs = 500;

/**
 * Continues rotations of KEKs, page by page. Keys are unwrapped and rewrapped inside the token. One commit per page records
 * each new blob if the old one is unchanged. When a worker dies, any other continues after the last whole page. When nothing
 * needs an older KEK, in the database and by the audit trail, it is retired, which ends the rotation. A key that cannot be rewrapped delays the end and is
 * reported; an operator restores its row or destroys the key.
 */
@Injectable()
export class RewrapKeys extends Rounds {
  /** By tenant. */
  private readonly rests = new Rests();

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
      if (this.rests.isResting(tenantId)) continue;
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
      this.rests.begin(listed.tenantId);
    }
  }

  private async carryOn(rotation: OpenRotation): Promise<void> {
    const isOver = (await this.rewrapAll(rotation)) && (await this.oldKeks.retireOlder(rotation));
    if (isOver) this.rests.end(rotation.tenantId);
    else this.rests.begin(rotation.tenantId);
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
