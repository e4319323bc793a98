import type { AlgorithmName } from '@ankasecure/algorithm';
import type { AuditEvent } from '@ankasecure/contracts';
import type { Logger } from '@ankasecure/service-kit';
import type { DataSource, EntityManager } from 'typeorm';
import type { Custody, CustodyKind } from '../custody/custody.js';
import { lockKey } from '../key/lock-key.js';
import { Rounds } from '../lease/rounds.js';
import type { ObjectDestroyer } from '../object/destroy-object.js';
import type { Intent, Intents } from '../object/intent.js';
import { eventOf } from '../outcome/event.js';

interface Due {
  readonly tenant_id: string;
  readonly key_id: string;
  readonly version: number;
  readonly algorithm: AlgorithmName;
  readonly object_id: Buffer;
  readonly scheduled_by: string;
}

const everyMs = 1000;

/**
 * Destroys key versions whose waiting period is over. Every worker of a partition looks every second; the intent decides which
 * of them does it, and from then on nobody can call it off. Should that worker die, the reconciler of another finishes.
 */
export class DestroyDue {
  private rounds: Rounds | undefined;

  constructor(
    private readonly dataSource: DataSource,
    private readonly custody: Custody,
    private readonly intents: Intents,
    private readonly destroyer: ObjectDestroyer,
    private readonly log: Logger,
  ) {}

  start(partition: string): void {
    this.rounds = new Rounds(everyMs, () => this.round(partition), this.log, 'destruction of due keys');
    this.rounds.start();
  }

  async stop(): Promise<void> {
    await this.rounds?.stop();
  }

  private async round(partition: string): Promise<void> {
    if (!this.custody.healthy()) return;
    const due = await this.dataSource.query<Due[]>('SELECT * FROM due_destructions($1, $2)', [partition, new Date()]);
    for (const one of due) {
      if (this.rounds?.isStopped === true) return;
      await this.destroy(one).catch((error: unknown) =>
        this.log.warn({ keyId: one.key_id, reason: (error as Error).message }, 'cannot destroy a key yet'),
      );
    }
  }

  private async destroy(due: Due): Promise<void> {
    const event = eventFor(due);
    const context = { tenantId: due.tenant_id };
    const intent = await this.intents.beginDestroying(context, due.object_id, event, (manager) => isDue(manager, due));
    if (intent === undefined) return;
    try {
      await this.destroyer.destroy(intent, (manager) => recordDestroyed(manager, intent, event));
    } catch (error) {
      await this.intents.abandon(intent);
      throw error;
    } finally {
      this.intents.letGo(intent);
    }
  }
}

/** The platform acts by itself here; who wanted it stands in the details. */
const eventFor = ({ tenant_id: tenantId, key_id: keyId, version, algorithm, scheduled_by: scheduledBy }: Due) =>
  eventOf(
    { tenantId, principal: 'crypto-worker', correlationId: crypto.randomUUID() },
    {
      operation: 'key.destroy',
      keyId,
      algorithm,
      outcome: 'success',
      failureCode: null,
      details: { version: String(version), from: 'DESTROY_SCHEDULED', to: 'DESTROYED', scheduledBy },
    },
  );

/** Decided in the transaction that begins, with the key locked: nobody has called it off, and nobody else has begun. */
const isDue = async (manager: EntityManager, due: Due): Promise<boolean> => {
  await lockKey(manager, { tenantId: due.tenant_id }, due.key_id);
  const rows = await manager.query<unknown[]>(
    `SELECT 1 FROM key_version v WHERE v.tenant_id = $1 AND v.key_id = $2 AND v.version = $3
       AND v.state = 'DESTROY_SCHEDULED' AND v.destroy_at <= $4
       AND NOT EXISTS (SELECT 1 FROM intent i WHERE i.tenant_id = v.tenant_id AND i.object_id = v.object_id)`,
    [due.tenant_id, due.key_id, due.version, new Date()],
  );
  return rows.length === 1;
};

/** What is destroyed never rotates again: of a key whose current version is, the rotation policy goes. @returns whether there was one */
const dropRotationPolicy = async (manager: EntityManager, tenantId: string, keyId: string): Promise<boolean> => {
  const [, dropped] = await manager.query<[unknown[], number]>(
    `DELETE FROM rotation_policy WHERE tenant_id = $1 AND key_id = $2 AND 'DESTROYED' =
       (SELECT state FROM key_version WHERE tenant_id = $1 AND key_id = $2 ORDER BY version DESC LIMIT 1)`,
    [tenantId, keyId],
  );
  return dropped > 0;
};

/**
 * Records that the object of a destruction is gone. Metadata, public key and counts stay. A wrapped key has no object: its blob
 * is what goes, and nothing that is left can be unwrapped. @returns the event it began with, and how the key was kept
 */
export const recordDestroyed = async (
  manager: EntityManager,
  { tenantId, objectId }: Intent,
  begun: AuditEvent,
): Promise<AuditEvent> => {
  const keyId = begun.keyId as string;
  await lockKey(manager, { tenantId }, keyId);
  const [destroyed] = await manager.query<[{ custody: CustodyKind }[], number]>(
    `UPDATE key_version SET state = 'DESTROYED', destroyed_at = now(), revision = revision + 1,
       wrapped_blob = NULL, wrapped_mac = NULL, kek_generation = NULL, rewrap_failure = NULL, sealed_key = NULL
     WHERE tenant_id = $1 AND object_id = $2 AND state = 'DESTROY_SCHEDULED' RETURNING custody`,
    [tenantId, objectId],
  );
  await manager.query('UPDATE key SET revision = revision + 1 WHERE tenant_id = $1 AND id = $2', [tenantId, keyId]);
  const { custody = 'token' } = destroyed[0] ?? {};
  return {
    ...begun,
    details: {
      ...begun.details,
      ...((await dropRotationPolicy(manager, tenantId, keyId)) && { rotationPolicy: 'deleted' }),
      ...(custody !== 'token' && { custody, blob: 'deleted' }),
    },
  };
};
