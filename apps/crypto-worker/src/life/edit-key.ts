import type { Context, DryRun, editKey, Key, Refusal } from '@ankasecure/contracts';
import { missingLabels, tenantPolicy } from '@ankasecure/policy-rules';
import type { EntityManager } from 'typeorm';
import type { z } from 'zod';
import type { Custody } from '../custody/custody.js';
import { keyResource } from '../key/key-resource.js';
import { type KeyRow, readKey } from '../key/key-store.js';
import { lockKeyFor } from '../key/lock-key.js';
import type { CommitChange } from '../outcome/commit-change.js';
import { type Deed, keyOf } from '../outcome/rehearse.js';
import { policyWithin } from '../policy/enforced-policy.js';
import { refusedBy } from '../policy/ruling.js';
import { assertFullPeriod } from './destruction.js';

type Request = z.infer<typeof editKey.contract.request>;

/**
 * Changes what people write on a key, and switches its purge protection on. Nothing that operations are decided on changes; what
 * the policy wants written on keys stays.
 */
export class EditKey {
  constructor(
    private readonly changes: CommitChange,
    private readonly custody: Custody,
  ) {}

  /** Leaves alone what is not named. @throws AnkaError `key-not-found`, `key-access-denied`, `precondition-failed`, `policy-refused`, `key-state` for purge protection that would come too late */
  async edit(context: Context, request: Request): Promise<Key> {
    const { tenantId } = context;
    const { id, label, description, metadata, purgeProtection } = request;
    const row = await this.changes.commit(context, deedOf(request), async (manager) => {
      await this.check(manager, context, request);
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
      return { result: (await readKey(manager, tenantId, id)).at(-1) as KeyRow, events: [{}] };
    });
    return keyResource(this.custody, row);
  }

  /** What `edit` would do: all of its checks, on record as a dry run, and nothing changed. */
  rehearse(context: Context, request: Request): Promise<DryRun> {
    return this.changes.rehearse(context, deedOf(request), async (manager) => ({
      key: keyOf(await this.check(manager, context, request)),
    }));
  }

  /** @returns the key's current version, locked */
  private async check(
    manager: EntityManager,
    context: Context,
    { id, metadata, purgeProtection }: Request,
  ): Promise<KeyRow> {
    await lockKeyFor(manager, context, 'manage', id);
    const rows = await readKey(manager, context.tenantId, id);
    const row = rows.at(-1) as KeyRow;
    if (purgeProtection === true && !row.purge_protection) assertFullPeriod(rows);
    if (metadata !== undefined) {
      const { document } = await policyWithin(manager, context.tenantId);
      const lost = missingLabels(document, Object.keys(metadata)).filter((name) => Object.hasOwn(row.metadata, name));
      if (lost.length > 0) throw refusedBy(wantedLabels(lost));
    }
    return row;
  }
}

const wantedLabels = (lost: readonly string[]): Refusal => {
  const basis = { rule: 'requiredLabels', source: tenantPolicy } as const;
  const detail = `The tenant’s policy wants ${lost.join(', ')} in the metadata of keys`;
  return { ...basis, reasons: [{ code: 'policy', ...basis, detail }] };
};

const deedOf = ({ id, ...fields }: Request): Deed => ({
  ...{ operation: 'key.edit', keyId: id, algorithm: null },
  details: { fields: Object.keys(fields).toSorted().join(' ') || 'none' },
});
