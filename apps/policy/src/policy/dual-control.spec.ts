import { randomUUID } from 'node:crypto';
import type { DryRun } from '@ankasecure/contracts';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { errorOf, eventually, type RunningPolicy, startPolicy } from '../testing/running-policy.js';

const strict = { fipsOnly: true, dualControl: ['destroy' as const] };

describe('a policy that requires two people for something', () => {
  let policy: RunningPolicy;
  let tenantId: string;
  const approval = { id: randomUUID(), requestedBy: 'bob', requestedByIssuer: 'https://bob.test' };
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

  it('is changed by two people only, if it says so, even if the change empties or tightens it', async () => {
    const closed = { ...strict, dualControl: ['change-policy' as const] };
    await policy.put(tenantId, { ifMatch: 2, approval }, closed);
    for (const change of [{ allowedAlgorithms: [] }, { minimumStrength: 256 }, { fipsOnly: false }])
      expect(await errorOf(policy.put(tenantId, { ifMatch: 3 }, { ...closed, ...change }))).toMatchObject({
        code: 'approval-required',
      });
    expect(await policy.put(tenantId, { ifMatch: 3, approval }, { ...closed, allowedAlgorithms: [] })).toMatchObject({
      version: 4,
      allowedAlgorithms: [],
    });
  });

  it('is not turned on while two issuers can name the same people, and is changed as before once it is', async () => {
    const other = await policy.tenant();
    const shared = { sharedIssuer: 'https://mine.test' };
    for (const dualControl of [['destroy'], ['relax-policy']] as const)
      expect(
        await errorOf(policy.put(other, { ifMatch: 1, ...shared }, { dualControl: [...dualControl] })),
      ).toMatchObject({ code: 'issuers-overlap' });
    const { body } = await policy.dryRun(other, { ifMatch: 1, ...shared }, strict);
    expect((JSON.parse(body.toString()) as DryRun).error?.code).toBe('issuers-overlap');
    expect(await policy.put(other, { ifMatch: 1, ...shared }, { fipsOnly: true })).toMatchObject({ version: 2 });
    await policy.put(other, { ifMatch: 2 }, strict);
    expect(await policy.rollback(other, 2, { ifMatch: 3, approval })).toMatchObject({ version: 4 });
    expect(await errorOf(policy.rollback(other, 3, { ifMatch: 4, ...shared }))).toMatchObject({
      code: 'issuers-overlap',
    });
    expect(await policy.put(tenantId, { ifMatch: 2, ...shared }, { ...strict, minimumStrength: 128 })).toMatchObject({
      version: 3,
    });
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
        requestedByIssuer: 'https://bob.test',
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
