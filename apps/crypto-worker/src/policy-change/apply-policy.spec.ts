import { randomUUID } from 'node:crypto';
import { initialPolicy } from '@ankasecure/policy-rules';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { PlatformKeys } from '../platform-key/platform-key.js';
import { EnforcedPolicies } from '../policy/enforced-policy.js';
import { contextOf, ownClock, startWorkerDatabase, type WorkerDatabase } from '../testing/worker-database.js';
import { ApplyPolicy } from './apply-policy.js';

const strict = { ...initialPolicy, fipsOnly: true };
/** Replaces the keys, as if the HSM had them already. */
const provisioned = { provision: () => Promise.resolve() } as unknown as PlatformKeys;

describe('applying a policy', () => {
  let database: WorkerDatabase;
  let policies: EnforcedPolicies;
  let tenantId: string;
  beforeAll(async () => {
    database = await startWorkerDatabase();
  });
  beforeEach(() => {
    policies = new EnforcedPolicies(database.dataSource, ownClock);
    tenantId = randomUUID();
  });
  afterAll(() => database.stop());

  const apply = (revision: number, document: typeof strict) =>
    new ApplyPolicy(database.dataSource, provisioned, policies).apply(contextOf(tenantId), { revision, document });

  it('enforces it and reports it, however often it is applied', async () => {
    expect(await apply(1, initialPolicy)).toEqual({ revision: 1, document: initialPolicy });
    expect(await apply(2, strict)).toEqual({ revision: 2, document: strict });
    expect(await apply(2, strict)).toEqual({ revision: 2, document: strict });
    expect(await policies.of(tenantId)).toMatchObject({ revision: 2, document: strict });
  });

  it.each([2, 3])(
    'keeps revision 3 when it receives another document as revision %i, and reports what it enforces',
    async (late) => {
      await apply(3, strict);
      expect(await apply(late, initialPolicy)).toEqual({ revision: 3, document: strict });
      expect(await policies.of(tenantId)).toMatchObject({ revision: 3, document: strict });
    },
  );
});
