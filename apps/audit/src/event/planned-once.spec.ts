import { randomUUID } from 'node:crypto';
import { withTenant } from '@ankasecure/service-kit';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type RunningAudit, startAudit } from '../testing/running-audit.js';
import { assertWritten } from './read-back.sql.js';
import { claimEventIds, lockHead } from './seal.sql.js';

let audit: RunningAudit;
beforeAll(async () => {
  audit = await startAudit();
});
afterAll(() => audit.stop());

/** Planning takes longer than all else that a small batch does, and each batch of each tenant would do it. */
it('the statements of a batch are planned once for each connection, whatever the number of batches', async () => {
  const { dataSource } = audit.instances[0] ?? expect.unreachable();
  for (let batch = 1; batch <= 8; batch++) {
    const tenantId = randomUUID();
    const plans = await withTenant(dataSource, tenantId, async (manager) => {
      const { seq, hash, sealingAt } = await lockHead(manager, tenantId);
      await claimEventIds(manager, tenantId, [randomUUID()]);
      const end = { seq, hash };
      await assertWritten(manager, { tenantId, sealingAt, rows: [], end, earlier: [], known: undefined });
      return manager.query<{ name: string; planned: string }[]>(
        `SELECT name, custom_plans AS planned FROM pg_prepared_statements WHERE name IN ('claim', 'read-back') ORDER BY name`,
      );
    });
    expect(plans).toEqual(['claim', 'read-back'].map((name) => ({ name, planned: '0' })));
  }
});
