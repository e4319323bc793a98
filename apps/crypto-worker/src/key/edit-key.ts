import { AnkaError, type AuditEvent, type Context, type editKey, type Key } from '@ankasecure/contracts';
import { type Outbox, withTenant } from '@ankasecure/service-kit';
import type { DataSource } from 'typeorm';
import type { z } from 'zod';
import type { Custody } from '../custody/custody.js';
import { eventOf } from '../outcome/event.js';
import type { GroupCommit } from '../outcome/group-commit.js';
import { keyResource } from './key-resource.js';
import { type KeyRow, readKey } from './key-store.js';
import { lockKeyFor } from './lock-key.js';

type Request = z.infer<typeof editKey.contract.request>;

/** Changes what people write on a key, and switches its purge protection on. Nothing that operations are decided on changes. */
export class EditKey {
  constructor(
    private readonly dataSource: DataSource,
    private readonly custody: Custody,
    private readonly outcomes: GroupCommit,
    private readonly outbox: Outbox,
  ) {}

  /** Leaves alone what is not named. @throws AnkaError `key-not-found`, `key-access-denied`, `precondition-failed` */
  async edit(context: Context, { id, ...fields }: Request): Promise<Key> {
    const event = (outcome: AuditEvent['outcome'], failureCode: string | null): AuditEvent =>
      eventOf(context, {
        operation: 'key.edit',
        keyId: id,
        algorithm: null,
        outcome,
        failureCode,
        details: { fields: Object.keys(fields).toSorted().join(' ') || 'none' },
      });
    try {
      const row = await this.commit(context, id, fields, event('success', null));
      this.outbox.committed(1);
      return keyResource(this.custody, row);
    } catch (error) {
      if (error instanceof AnkaError)
        await this.outcomes.commit(
          { tenantId: context.tenantId, policy: null, key: null },
          event('failure', error.code),
        );
      throw error;
    }
  }

  private commit(
    context: Context,
    id: string,
    { label, description, metadata, purgeProtection }: Omit<Request, 'id'>,
    event: AuditEvent,
  ): Promise<KeyRow> {
    const { tenantId } = context;
    return withTenant(this.dataSource, tenantId, async (manager) => {
      await lockKeyFor(manager, context, 'manage', id);
      await manager.query(
        `UPDATE key SET revision = revision + 1, label = coalesce($3, label),
           description = CASE WHEN $4 THEN $5 ELSE description END,
           metadata = coalesce($6::jsonb, metadata), purge_protection = purge_protection OR $7
         WHERE tenant_id = $1 AND id = $2`,
        [
          ...[tenantId, id, label ?? null, description !== undefined, description ?? null],
          ...[metadata === undefined ? null : JSON.stringify(metadata), purgeProtection === true],
        ],
      );
      await this.outbox.write(manager, [event]);
      return (await readKey(manager, tenantId, id)).at(-1) as KeyRow;
    });
  }
}
