import { type AuditEvent, auditEvent, newId } from '@ankasecure/contracts';
import { Logger } from '@ankasecure/service-kit';
import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { Custody } from '../../custody/custody.js';
import { ownerOfKey } from '../../custody/object-owner.js';
import { Rounds } from '../../lease/rounds.js';
import { ObjectDestroyer } from '../../object/destroy-object.js';
import { type ConfirmedDestruction, type DueDestruction, DueDestructions } from './due-destruction.js';
import { recordDestroyed } from './record-destroyed.js';

const everyMs = 1000;

/**
 * Destroys key versions whose waiting period is over. Every worker of a partition checks every second. The worker whose
 * intent is recorded destroys the version. From then on nobody can cancel it. If that worker dies, another worker's
 * reconciler finishes.
 */
@Injectable()
export class DestroyDue extends Rounds {
  constructor(
    private readonly due: DueDestructions,
    private readonly custody: Custody,
    private readonly destroyer: ObjectDestroyer,
    log: Logger,
  ) {
    super(everyMs, 'destruction of due keys', log);
  }

  protected async round(): Promise<void> {
    if (!this.custody.healthy()) return;
    for (const one of await this.due.list()) {
      if (this.isStopped) return;
      await this.carryOut(one);
    }
  }

  /** Destroys a version if its sealed record says that it is due. It does not throw. */
  async carryOut(due: DueDestruction): Promise<void> {
    if (!this.custody.healthy()) return;
    await this.destroy(due).catch((error: unknown) =>
      this.log.warn({ keyId: due.keyId, reason: (error as Error).message }, 'cannot destroy a key yet'),
    );
  }

  private async destroy(due: DueDestruction): Promise<void> {
    const object = { owner: ownerOfKey(due), objectId: due.objectId };
    const begin = async (manager: EntityManager): Promise<AuditEvent | undefined> => {
      const confirmed = await this.due.confirm(manager, due);
      return confirmed && eventFor(confirmed);
    };
    await this.destroyer.destroyRecorded(object, begin, recordDestroyed);
  }
}

/** The platform acts without a caller. The details name the principal who scheduled the destruction, by the sealed record. */
const eventFor = ({ version: { tenantId, keyId, version, destroyScheduledBy }, algorithm }: ConfirmedDestruction) =>
  auditEvent(
    { tenantId, principal: 'crypto-worker', correlationId: newId() },
    {
      operation: 'key.destroy',
      keyId,
      algorithm,
      details: {
        version: String(version),
        from: 'DESTROY_SCHEDULED',
        to: 'DESTROYED',
        scheduledBy: destroyScheduledBy ?? '-',
      },
    },
  );
