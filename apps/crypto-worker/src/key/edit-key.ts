import { AnkaError, type AuditEvent, type Context, type DryRun, type editKey, type Key } from '@ankasecure/contracts';
import { missingLabels } from '@ankasecure/policy-rules';
import { type Outbox, withTenant } from '@ankasecure/service-kit';
import type { DataSource, EntityManager } from 'typeorm';
import type { z } from 'zod';
import type { Custody } from '../custody/custody.js';
import { eventOf } from '../outcome/event.js';
import type { GroupCommit } from '../outcome/group-commit.js';
import type { EnforcedPolicies } from '../policy/enforced-policy.js';
import { keyResource } from './key-resource.js';
import { type KeyRow, readKey } from './key-store.js';
import { lockKeyFor } from './lock-key.js';
import { keyOf, rehearseChange } from './rehearse.js';

type Request = z.infer<typeof editKey.contract.request>;

/**
 * Changes what people write on a key, and switches its purge protection on. Nothing that operations are decided on changes; what
 * the policy wants written on keys stays.
 */
export class EditKey {
  constructor(
    private readonly dataSource: DataSource,
    private readonly custody: Custody,
    private readonly policies: EnforcedPolicies,
    private readonly outcomes: GroupCommit,
    private readonly outbox: Outbox,
  ) {}

  /** Leaves alone what is not named. @throws AnkaError `key-not-found`, `key-access-denied`, `precondition-failed`, `policy-refused` */
  async edit(context: Context, { id, ...fields }: Request): Promise<Key> {
    const event = (outcome: AuditEvent['outcome'], failureCode: string | null): AuditEvent =>
      eventOf(context, {
        operation: 'key.edit',
        keyId: id,
        algorithm: null,
        outcome,
        failureCode,
        details: { fields: namesOf(fields) },
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

  /** What `edit` would do: all of its checks, on record as a dry run, and nothing changed. */
  rehearse(context: Context, { id, ...fields }: Request): Promise<DryRun> {
    const deed = { operation: 'key.edit', keyId: id, algorithm: null, details: { fields: namesOf(fields) } };
    return rehearseChange({ dataSource: this.dataSource, outcomes: this.outcomes }, context, deed, async (manager) => ({
      key: keyOf(await this.check(manager, context, id, fields)),
    }));
  }

  /** @returns the key's current version, locked */
  private async check(
    manager: EntityManager,
    context: Context,
    id: string,
    { metadata }: Omit<Request, 'id'>,
  ): Promise<KeyRow> {
    await lockKeyFor(manager, context, 'manage', id);
    const row = (await readKey(manager, context.tenantId, id)).at(-1) as KeyRow;
    if (metadata !== undefined) {
      const { document } = await this.policies.within(manager, context.tenantId);
      const lost = missingLabels(document, Object.keys(metadata)).filter((name) => Object.hasOwn(row.metadata, name));
      if (lost.length > 0)
        throw new AnkaError('policy-refused', `The tenant's policy wants ${lost.join(', ')} in the metadata of keys`);
    }
    return row;
  }

  private commit(context: Context, id: string, fields: Omit<Request, 'id'>, event: AuditEvent): Promise<KeyRow> {
    const { tenantId } = context;
    const { label, description, metadata, purgeProtection } = fields;
    return withTenant(this.dataSource, tenantId, async (manager) => {
      await this.check(manager, context, id, fields);
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

const namesOf = (fields: Omit<Request, 'id'>): string => Object.keys(fields).toSorted().join(' ') || 'none';
