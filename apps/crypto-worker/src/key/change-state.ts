import { AnkaError, type Context, type Key, type KeyState, type RevocationReason } from '@ankasecure/contracts';
import { type Outbox, withTenant } from '@ankasecure/service-kit';
import type { DataSource, EntityManager } from 'typeorm';
import type { Custody } from '../custody/custody.js';
import { eventOf } from '../outcome/event.js';
import type { GroupCommit } from '../outcome/group-commit.js';
import { keyResource } from './key-resource.js';
import { type Move, refusalOf, stateAt, targetOf } from './key-state.js';
import { type KeyRow, type KeyStore, lifecycleOf, readKey } from './key-store.js';
import { lockKey } from './lock-key.js';

/** What callers say; each is one of the table's moves, or picks among them. */
export type Verb = 'activate' | 'suspend' | 'resume' | 'deactivate' | 'revoke' | 'compromise';

export interface Change {
  readonly verb: Verb;
  readonly move: Move;
  readonly id: string;
  /** The current version when left out. */
  readonly version?: number | undefined;
  readonly revocation?: Revocation;
}

export interface Revocation {
  readonly reason: RevocationReason;
  readonly message?: string | undefined;
  readonly occurredAt?: string | undefined;
}

/** What becomes of one version. */
interface Step {
  readonly row: KeyRow;
  readonly from: KeyState;
  readonly to: KeyState;
  /** What `to` comes to at once, by the version's dates. */
  readonly shown: KeyState;
}

/** Moves that make a version the one that protects: there is one of those, the current one. */
const currentOnly: readonly Move[] = ['activate', 'resume'];

/**
 * Changes the state of key versions: check against the table, change and event in one commit. The change takes the tenant's
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

  /** @throws AnkaError `key-not-found`, `key-state`, `precondition-failed`, `request-invalid`. @returns the key as of the changed version */
  async change(context: Context, change: Change): Promise<Key> {
    const { tenantId } = context;
    try {
      const row = await withTenant(this.dataSource, tenantId, (manager) => this.commit(manager, context, change));
      this.outbox.committed(1);
      this.keys.forget(tenantId, change.id);
      return keyResource(this.custody, row);
    } catch (error) {
      if (error instanceof AnkaError) await this.report(context, change, error);
      throw error;
    }
  }

  private async commit(manager: EntityManager, context: Context, change: Change): Promise<KeyRow> {
    const { tenantId } = context;
    await lockKey(manager, context, change.id);
    const step = plan(await readKey(manager, tenantId, change.id), change, Date.now());
    await write(manager, step, change.revocation);
    await this.outbox.write(manager, [successOf(context, change, step)]);
    const changed = await readKey(manager, tenantId, change.id);
    return changed.find(({ version }) => version === step.row.version) as KeyRow;
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

const plan = (rows: readonly KeyRow[], { verb, move, version }: Change, now: number): Step => {
  const current = rows.at(-1);
  const row = version === undefined ? current : rows.find((candidate) => candidate.version === version);
  if (row === undefined) throw new AnkaError('key-not-found', 'The key has no such version');
  const from = stateAt(lifecycleOf(row), now);
  const to = targetOf(move, from);
  if (to === undefined) throw new AnkaError('key-state', refusalOf(from, `be told to ${verb}`));
  if (row !== current && currentOnly.includes(move))
    throw new AnkaError('key-state', `Version ${row.version} has been followed by ${current?.version}: deactivate it`);
  return { row, from, to, shown: stateAt({ ...lifecycleOf(row), state: to }, now) };
};

const write = async (
  manager: EntityManager,
  { row, to }: Pick<Step, 'row' | 'to'>,
  revocation: Revocation | undefined,
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
       revocation_occurred_at = CASE WHEN $5 IS NULL THEN revocation_occurred_at ELSE $7::timestamptz END
     WHERE tenant_id = $1 AND key_id = $2 AND version = $3`,
    [row.tenant_id, row.id, row.version, to, revocation?.reason ?? null, revocation?.message ?? null, occurredAt],
  );
  await manager.query('UPDATE key SET revision = revision + 1 WHERE tenant_id = $1 AND id = $2', [
    row.tenant_id,
    row.id,
  ]);
};

const successOf = (context: Context, { verb, id, revocation }: Change, { row, from, shown }: Step) =>
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
    },
  });
