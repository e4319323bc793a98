import { randomUUID } from 'node:crypto';
import type { DryRun } from '@ankasecure/contracts';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { errorOf, eventually, type RunningPolicy, startPolicy } from '../testing/running-policy.js';

const strict = { fipsOnly: true, dualControl: ['destroy' as const] };

describe('a policy that requires two people for something', () => {
  let policy: RunningPolicy;
  let tenantId: string;
  const approval = { id: randomUUID(), requestedBy: 'bob' };
  beforeAll(async () => {
    policy = await startPolicy();
    await policy.startInstance();
  });
  beforeEach(async () => {
    tenantId = await policy.tenant();
    await policy.put(tenantId, { ifMatch: 1 }, strict);
  });
  afterAll(() => policy.stop());

  it('is not relaxed by one person, nor by a person who approves their own request', async () => {
    for (const over of [{}, { approval: { ...approval, requestedBy: 'alice' } }])
      for (const document of [{ ...strict, fipsOnly: false }, { ...strict, dualControl: [] }, { fipsOnly: true }])
        expect(await errorOf(policy.put(tenantId, { ifMatch: 2, ...over }, document))).toMatchObject({
          code: 'approval-required',
        });
    expect(await errorOf(policy.rollback(tenantId, 1, { ifMatch: 2 }))).toMatchObject({ code: 'approval-required' });
    expect(await policy.get(tenantId)).toMatchObject({ version: 2, ...strict, pendingVersion: null });
    expect(policy.worker.enforced.get(tenantId)?.revision).toBe(2);
  });

  it('is tightened by one person', async () => {
    const tighter = { ...strict, minimumStrength: 128, dualControl: ['destroy' as const, 'compromise' as const] };
    expect(await policy.put(tenantId, { ifMatch: 2 }, tighter)).toMatchObject({ version: 3, ...tighter });
  });

  it('reports this in a dry run, after all other checks', async () => {
    const dryRun = async (ifMatch: number, over = {}): Promise<unknown> => {
      const { body } = await policy.dryRun(tenantId, { ifMatch, ...over }, { fipsOnly: true });
      const { succeeds, error } = JSON.parse(body.toString()) as DryRun;
      return [succeeds, error?.code];
    };
    expect(await dryRun(2)).toEqual([false, 'approval-required']);
    expect(await dryRun(1)).toEqual([false, 'precondition-failed']);
    expect(await dryRun(2, { approval })).toEqual([true, undefined]);
  });

  it('is relaxed by two people, is then in force on the worker, and its event names both', async () => {
    expect(await policy.put(tenantId, { ifMatch: 2, approval }, { fipsOnly: true })).toMatchObject({
      version: 3,
      changedBy: 'alice',
    });
    expect(policy.worker.enforced.get(tenantId)?.document).not.toHaveProperty('dualControl');
    await eventually(() => expect(policy.eventsOf(tenantId)).toHaveLength(3));
    expect(policy.eventsOf(tenantId).at(-1)).toMatchObject({
      operation: 'policy.put',
      outcome: 'success',
      userId: 'alice',
      details: {
        approvalId: approval.id,
        requestedBy: 'bob',
        dualControl: '["destroy"] to null',
      },
    });
  });

  it('is rolled back by two people, and once if the call is repeated', async () => {
    const back = await policy.rollback(tenantId, 1, { ifMatch: 2, approval });
    expect(back).toMatchObject({ version: 3, fipsOnly: false });
    expect(await policy.rollback(tenantId, 1, { ifMatch: 2, approval })).toEqual(back);
  });

  it('is stored with both people, and never with one person as both', async () => {
    await policy.put(tenantId, { ifMatch: 2, approval }, { fipsOnly: true });
    const where = `WHERE tenant_id = '${tenantId}' AND version = 3`;
    const rows = await policy.query(`SELECT changed_by, requested_by, approval_id FROM policy_version ${where}`);
    expect(rows).toEqual([{ changed_by: 'alice', requested_by: 'bob', approval_id: approval.id }]);
    await expect(policy.query(`UPDATE policy_version SET requested_by = changed_by ${where}`)).rejects.toMatchObject({
      code: '23514',
    });
  });
});
