import { AnkaError, type AuditEvent, type Context, type Key } from '@ankasecure/contracts';
import { type Outbox, withTenant } from '@ankasecure/service-kit';
import type { DataSource, EntityManager } from 'typeorm';
import type { Custody } from '../custody/custody.js';
import { eventOf } from '../outcome/event.js';
import type { GroupCommit } from '../outcome/group-commit.js';
import { assertNotBegun, type Destruction } from './destruction.js';
import { keyResource } from './key-resource.js';
import { type KeyRow, type KeyStore, readKey } from './key-store.js';
import { lockKeyFor } from './lock-key.js';
import { type Change, planChange, type Step } from './plan-change.js';

/**
 * Changes the state of key versions: check against the table, change and events in one commit. The change takes the tenant's
 * fence, so when it has returned, no worker releases a result any more that was decided on the state before.
 */
export class ChangeState {
  constructor(
    private readonly dataSource: DataSource,
    private readonly custody: Custody,
    private readonly keys: KeyStore,
    private readonly outcomes: GroupCommit,
    private readonly outbox: Outbox,
  ) {}

  /**
   * @param destruction with `schedule-destroy`
   * @returns the key as of the changed version, the last where there are several
   * @throws AnkaError `key-not-found`, `key-access-denied`, `key-state`, `precondition-failed`, `request-invalid`
   */
  async change(context: Context, change: Change, destruction?: Destruction): Promise<Key> {
    const { tenantId } = context;
    try {
      const { row, events } = await withTenant(this.dataSource, tenantId, (manager) =>
        this.commit(manager, context, change, destruction),
      );
      this.outbox.committed(events);
      this.keys.forget(tenantId, change.id);
      return keyResource(this.custody, row);
    } catch (error) {
      if (error instanceof AnkaError) await this.report(context, change, error);
      throw error;
    }
  }

  private async commit(
    manager: EntityManager,
    context: Context,
    change: Change,
    destruction: Destruction | undefined,
  ): Promise<{ row: KeyRow; events: number }> {
    const { tenantId } = context;
    await lockKeyFor(manager, context, 'manage', change.id);
    const before = await readKey(manager, tenantId, change.id);
    const steps = planChange(before, change, Date.now());
    if (change.verb === 'cancel-destroy') await assertNotBegun(manager, steps);
    const destroyAt = destruction?.dueFor(steps[0].row) ?? null;
    for (const step of steps) await write(manager, context, step, change, destroyAt);
    await manager.query('UPDATE key SET revision = revision + 1 WHERE tenant_id = $1 AND id = $2', [
      tenantId,
      change.id,
    ]);
    await this.outbox.write(
      manager,
      steps.map((step) => successOf(context, change, step, destroyAt)),
    );
    const last = steps.at(-1)?.row.version;
    const after = await readKey(manager, tenantId, change.id);
    return { row: after.find(({ version }) => version === last) as KeyRow, events: steps.length };
  }

  /** A change that was refused is an outcome as well. */
  private async report(context: Context, { verb, id, version }: Change, { code }: AnkaError): Promise<void> {
    const details = version === undefined ? {} : { details: { version: String(version) } };
    await this.outcomes.commit(
      { tenantId: context.tenantId, policy: null, key: null },
      eventOf(context, {
        operation: `key.${verb}`,
        keyId: id,
        algorithm: null,
        outcome: 'failure',
        failureCode: code,
        ...details,
      }),
    );
  }
}

const write = async (
  manager: EntityManager,
  context: Context,
  { row, to }: Step,
  { revocation }: Change,
  destroyAt: Date | null,
): Promise<void> => {
  const occurredAt = revocation?.occurredAt ?? new Date().toISOString();
  if (Date.parse(occurredAt) > Date.now())
    throw new AnkaError('request-invalid', 'occurredAt: what has happened has happened by now');
  await manager.query(
    `UPDATE key_version SET state = $4, revision = revision + 1,
       activate_at = CASE WHEN $4 = 'ACTIVE' AND state = 'PRE_ACTIVE' THEN now() ELSE activate_at END,
       deactivate_at = CASE WHEN $4 = 'DEACTIVATED' THEN least(deactivate_at, now()) ELSE deactivate_at END,
       revocation_reason = coalesce($5, revocation_reason),
       revocation_message = CASE WHEN $5 IS NULL THEN revocation_message ELSE $6 END,
       revocation_occurred_at = CASE WHEN $5 IS NULL THEN revocation_occurred_at ELSE $7::timestamptz END,
       destroy_at = $8, destroy_scheduled_by = CASE WHEN $8::timestamptz IS NULL THEN NULL ELSE $9 END
     WHERE tenant_id = $1 AND key_id = $2 AND version = $3`,
    [
      ...[row.tenant_id, row.id, row.version, to],
      ...[revocation?.reason ?? null, revocation?.message ?? null, occurredAt],
      ...[destroyAt, context.principal],
    ],
  );
};

const successOf = (
  context: Context,
  { verb, id, revocation }: Change,
  { row, from, shown }: Step,
  destroyAt: Date | null,
): AuditEvent =>
  eventOf(context, {
    operation: `key.${verb}`,
    keyId: id,
    algorithm: row.algorithm,
    outcome: 'success',
    failureCode: null,
    details: {
      version: String(row.version),
      from,
      to: shown,
      ...(revocation === undefined ? {} : { reason: revocation.reason }),
      ...(revocation?.message === undefined ? {} : { message: revocation.message }),
      ...(revocation?.occurredAt === undefined ? {} : { occurredAt: revocation.occurredAt }),
      ...(destroyAt === null ? {} : { destroyAt: destroyAt.toISOString() }),
    },
  });
