import type { Context, DryRun, editKey, Key, Refusal } from '@ankasecure/contracts';
import { missingLabels, tenantPolicy } from '@ankasecure/policy-rules';
import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { z } from 'zod';
import { Custody } from '../custody/custody.js';
import { keyResource } from '../key/key-resource.js';
import { lockKeyFor, reviseKey } from '../key/lock/lock-key.js';
import { readCurrent, readKey, type StoredVersion } from '../key/record/select-version.js';
import { forecastKey } from '../outcome/dry-run-answer.js';
import { KeyActionRunner } from '../outcome/key-action.js';
import { documentWithin } from '../policy/enforced-policy.js';
import { refusedBy } from '../policy/ruling.js';
import { assertFullPeriod } from './destruction.js';

type EditRequest = z.infer<typeof editKey.contract.request>;

/**
 * Changes the text that people write on a key, and switches its purge protection on. No operation is decided on any of
 * these. Labels that the tenant's policy requires cannot be removed.
 */
@Injectable()
export class EditKey {
  constructor(
    private readonly actions: KeyActionRunner,
    private readonly custody: Custody,
  ) {}

  /**
   * Leaves members that the request does not name unchanged.
   * @throws AnkaError `key-not-found`, `key-access-denied`, `precondition-failed`, `policy-refused`; `key-state` if purge
   * protection would come too late
   */
  edit(context: Context, request: EditRequest): Promise<Key | DryRun> {
    const { id, ...fields } = request;
    return this.actions.run(context, {
      operation: 'key.edit',
      keyId: id,
      details: { fields: Object.keys(fields).toSorted().join(' ') || 'none' },
      check: async (manager, time) => ({ row: await check(manager, context, request), now: await time() }),
      foresee: ({ row }) => ({ key: forecastKey(row) }),
      write: async (manager, { now }) => ({
        result: keyResource(this.custody, await write(manager, context, request), now),
        events: [{}],
      }),
    });
  }
}

/** @returns the key's current version, locked */
const check = async (
  manager: EntityManager,
  context: Context,
  { id, metadata, purgeProtection }: EditRequest,
): Promise<StoredVersion> => {
  await lockKeyFor(manager, context, 'manage', id);
  const row = await readCurrent(manager, context.tenantId, id);
  if (purgeProtection === true && !row.key.purgeProtection)
    assertFullPeriod(await readKey(manager, context.tenantId, id));
  if (metadata !== undefined) {
    const document = await documentWithin(manager, context.tenantId);
    const lost = missingLabels(document, Object.keys(metadata)).filter((name) => Object.hasOwn(row.key.metadata, name));
    if (lost.length > 0) throw refusedBy(requiredLabels(lost));
  }
  return row;
};

const write = async (
  manager: EntityManager,
  { tenantId }: Context,
  { id, label, description, metadata, purgeProtection }: EditRequest,
): Promise<StoredVersion> => {
  await reviseKey(manager, tenantId, id, {
    ...(label !== undefined && { label }),
    ...(description !== undefined && { description }),
    ...(metadata !== undefined && { metadata }),
    ...(purgeProtection === true && { purgeProtection }),
  });
  return readCurrent(manager, tenantId, id);
};

const requiredLabels = (lost: readonly string[]): Refusal => {
  const basis = { rule: 'requiredLabels', source: tenantPolicy } as const;
  const detail = `The tenant’s policy requires these names in the key’s metadata: ${lost.join(', ')}`;
  return { ...basis, reasons: [{ code: 'policy', ...basis, detail }] };
};
