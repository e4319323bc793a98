import { randomUUID } from 'node:crypto';
import type { ChainRow } from '@ankasecure/audit-event';
import { platformTenantId, type RecordChange, recordDetails } from '@ankasecure/contracts';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { SealedEnds } from '../end/sealed-ends.js';
import { ReceiveEvents } from '../intake/receive-events.js';
import { ForgedTrail } from '../testing/forged-trail.js';
import { contextOf, database, eventOf, proven, type RunningAudit, startAudit } from '../testing/running-audit.js';
import { ReadHeads } from './read-heads.js';

const change = (keyId: string, state: string, revision = 1): RecordChange => ({
  kind: 'key_version',
  id: `${keyId}/1`,
  revision,
  digest: 'A'.repeat(43),
  state,
});

describe('the final states that a restore carries out', () => {
  let audit: RunningAudit;
  let [tenantId, victim, ended] = ['', '', ''];
  beforeAll(async () => {
    audit = await startAudit();
    audit.macs.anchor = null;
  });
  afterAll(() => audit.stop());
  /** The process that seals is the one that is asked. Another one walks along the trail first, and may refuse it there. */
  const asked = () => audit.instances[0]?.app ?? expect.unreachable();
  const sealing = (of: string, ...changes: readonly RecordChange[]) =>
    asked()
      .get(ReceiveEvents)
      .receive(
        contextOf(platformTenantId),
        { reporter: 'crypto-worker', partition: 'default' },
        proven([eventOf(of, { details: { custody: 'token', ...recordDetails(changes) } })]),
      );
  beforeEach(async () => {
    [tenantId, victim, ended] = [randomUUID(), randomUUID(), randomUUID()];
    await sealing(tenantId, change(victim, 'ACTIVE'));
    await sealing(tenantId, change(ended, 'DESTROYED'));
    await sealing(tenantId, change(randomUUID(), 'ACTIVE'));
  });
  afterEach(() => {
    for (const { app } of audit.instances) app.get(SealedEnds).forget();
  });

  const ask = () => asked().get(ReadHeads).finalChanges(contextOf(tenantId), { after: 0 });
  const forged = (details: object) => JSON.stringify(details).replaceAll("'", "''");
  const destroyed = () => forged({ custody: 'token', ...recordDetails([change(victim, 'DESTROYED', 9)]) });

  it('are those of sealed events', async () => {
    expect(await ask()).toEqual({ changes: [{ ...change(ended, 'DESTROYED'), seq: 2 }], next: null });
  });

  const plant = (over: (row: ChainRow) => Partial<ChainRow>) => async () => {
    const trail = new ForgedTrail(audit, tenantId);
    const row = (await trail.rows())[1] ?? expect.unreachable();
    await trail.plant({ ...row, eventId: randomUUID(), details: destroyed(), ...over(row) });
  };
  const forgeries: Readonly<Record<string, () => Promise<unknown>>> = {
    'a row beside a genuine one': plant(({ sealedAt }) => ({ sealedAt: sealedAt + 1000 })),
    'a row far behind the end': plant(() => ({ seq: 100_002 })),
    'a row behind the end that follows it': plant(({ hash }) => ({ seq: 4, previousHash: hash })),
    'a row behind the end with the seal of another': plant(({ chainSeal }) => ({ seq: 5, chainSeal })),
    'other details in a sealed row': () =>
      audit.tamper(`UPDATE sealed_event SET details = '${destroyed()}' WHERE tenant_id = '${tenantId}' AND seq = 1`),
    'a sealed row with another number': () =>
      audit.tamper(`UPDATE sealed_event SET seq = 77 WHERE tenant_id = '${tenantId}' AND seq = 2`),
    'a sealed row of another tenant': async () => {
      const other = randomUUID();
      await sealing(other, change(victim, 'DESTROYED', 9));
      await audit.tamper(
        `UPDATE sealed_event SET tenant_id = '${tenantId}', seq = 4 WHERE tenant_id = '${other}' AND seq = 1`,
      );
    },
  };
  it.each(Object.entries(forgeries))('are refused with %s', async (_, forge) => {
    await forge();
    await expect(ask()).rejects.toMatchObject({
      code: 'service-unavailable',
      detail: expect.stringMatching(/is not genuine/) as unknown,
    });
  });

  it('are told again once what was planted is gone', async () => {
    await forgeries['a row far behind the end']?.();
    await expect(ask()).rejects.toMatchObject({ code: 'service-unavailable' });
    await audit.tamper(`DELETE FROM sealed_event WHERE tenant_id = '${tenantId}' AND seq > 3`);
    expect((await ask()).changes).toHaveLength(1);
    const left = await audit.postgres.query(database, 'SELECT 1 FROM sealed_event WHERE tenant_id = $1', [tenantId]);
    expect(left).toHaveLength(3);
  });
});
