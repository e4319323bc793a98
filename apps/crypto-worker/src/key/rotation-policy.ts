import {
  AnkaError,
  type AuditEvent,
  type Context,
  type putRotationPolicy,
  type RotationPolicy,
  secondsOf,
} from '@ankasecure/contracts';
import { type Outbox, withTenant } from '@ankasecure/service-kit';
import type { DataSource, EntityManager } from 'typeorm';
import type { z } from 'zod';
import { assertGranted } from '../access/grant.js';
import { eventOf } from '../outcome/event.js';
import { lockKeyFor, outdateKey } from './lock-key.js';

type PutRequest = z.infer<typeof putRotationPolicy.contract.request>;

interface Row {
  readonly key_id: string;
  readonly interval: string | null;
  readonly next_at: Date | null;
  readonly max_uses: string | null;
  readonly set_by: string;
}

/** When a key rotates by itself. A change is in force everywhere when it has returned: it makes every cached version of the key outdated. */
export class RotationPolicies {
  constructor(
    private readonly dataSource: DataSource,
    private readonly outbox: Outbox,
  ) {}

  /** @throws AnkaError `key-not-found`, also where the key has no policy; `key-access-denied` */
  async get(context: Context, { id }: { id: string }): Promise<RotationPolicy> {
    return withTenant(this.dataSource, context.tenantId, async (manager) => {
      const key = await manager.query<unknown[]>('SELECT 1 FROM key WHERE tenant_id = $1 AND id = $2', [
        context.tenantId,
        id,
      ]);
      if (key.length > 0) await assertGranted(manager, context, 'view', id);
      return read(manager, context.tenantId, id);
    });
  }

  /** @throws AnkaError `key-not-found`, `key-access-denied`, `precondition-failed`, `request-invalid` */
  async put(context: Context, request: PutRequest): Promise<RotationPolicy> {
    const { tenantId } = context;
    const { id, interval, at, maxUses } = request;
    if (interval === undefined && maxUses === undefined)
      throw new AnkaError('request-invalid', 'interval or maxUses, or both, are expected');
    if (interval === undefined && at !== undefined) throw new AnkaError('request-invalid', 'at goes with interval');
    const seconds = interval === undefined ? null : secondsOf(interval);
    const nextAt = seconds === null ? null : new Date(at ?? Date.now() + seconds * 1000);
    return this.change(context, id, 'key.rotation-policy.put', async (manager) => {
      await manager.query(
        `INSERT INTO rotation_policy (tenant_id, key_id, interval, interval_seconds, next_at, max_uses, set_by)
         VALUES ($1, $2, $3, $4, $5, $6, $7)
         ON CONFLICT (tenant_id, key_id) DO UPDATE SET interval = excluded.interval, interval_seconds = excluded.interval_seconds,
           next_at = excluded.next_at, max_uses = excluded.max_uses, set_by = excluded.set_by`,
        [tenantId, id, interval ?? null, seconds, nextAt, maxUses ?? null, context.principal],
      );
      return read(manager, tenantId, id);
    });
  }

  /** @returns what was. @throws AnkaError `key-not-found`, `key-access-denied`, `precondition-failed` */
  async remove(context: Context, { id }: { id: string }): Promise<RotationPolicy> {
    return this.change(context, id, 'key.rotation-policy.delete', async (manager) => {
      const policy = await read(manager, context.tenantId, id);
      await manager.query('DELETE FROM rotation_policy WHERE tenant_id = $1 AND key_id = $2', [context.tenantId, id]);
      return policy;
    });
  }

  private async change(
    context: Context,
    id: string,
    operation: string,
    work: (manager: EntityManager) => Promise<RotationPolicy>,
  ): Promise<RotationPolicy> {
    const { tenantId } = context;
    const policy = await withTenant(this.dataSource, tenantId, async (manager) => {
      await lockKeyFor(manager, context, 'manage', id);
      const changed = await work(manager);
      await outdateKey(manager, tenantId, id);
      await this.outbox.write(manager, [eventFor(context, operation, changed)]);
      return changed;
    });
    this.outbox.committed(1);
    return policy;
  }
}

const read = async (manager: EntityManager, tenantId: string, id: string): Promise<RotationPolicy> => {
  const [row] = await manager.query<Row[]>(
    'SELECT key_id, interval, next_at, max_uses, set_by FROM rotation_policy WHERE tenant_id = $1 AND key_id = $2',
    [tenantId, id],
  );
  if (row === undefined) throw new AnkaError('key-not-found', 'There is no such key, or it has no rotation policy');
  return {
    keyId: row.key_id,
    interval: row.interval,
    nextAt: row.next_at?.toISOString() ?? null,
    maxUses: row.max_uses === null ? null : Number(row.max_uses),
    setBy: row.set_by,
  };
};

const eventFor = (context: Context, operation: string, policy: RotationPolicy): AuditEvent =>
  eventOf(context, {
    operation,
    keyId: policy.keyId,
    algorithm: null,
    outcome: 'success',
    failureCode: null,
    details: {
      ...(policy.interval === null ? {} : { interval: policy.interval }),
      ...(policy.nextAt === null ? {} : { nextAt: policy.nextAt }),
      ...(policy.maxUses === null ? {} : { maxUses: String(policy.maxUses) }),
    },
  });
