import { randomUUID } from 'node:crypto';
import { acceptTrails, platformTenantId } from '@ankasecure/contracts';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { SealedEnds } from '../end/sealed-ends.js';
import { acceptAsTold } from '../testing/accept-as-told.js';
import { contextOf, database, eventsOf, type RunningAudit, startAudit } from '../testing/running-audit.js';
import { AnchorSource } from './anchor-source.js';
import { TrailGuard } from './trail-guard.js';

describe('the anchor of the trails', () => {
  let audit: RunningAudit;
  beforeAll(async () => {
    audit = await startAudit();
    audit.macs.anchor = null;
  });
  afterAll(() => audit.stop());

  const guards = (): TrailGuard[] => audit.instances.map(({ app }) => app.get(TrailGuard));
  const guard = (): TrailGuard => guards()[0] ?? expect.unreachable();
  const compareAll = async (): Promise<(string | null)[]> => {
    for (const one of guards()) await one.compare();
    return guards().map(({ fault }) => fault);
  };
  const accept = () => audit.gateway.request(acceptTrails, '', contextOf(platformTenantId), {});
  /** Takes the database as the last test has left it. */
  beforeEach(async () => {
    for (const { app } of audit.instances) app.get(SealedEnds).forget();
    await acceptAsTold(audit.instances[0] ?? expect.unreachable());
    expect(await compareAll()).toEqual([null, null]);
    expect(await behind()).toBeUndefined();
  });
  const behind = async () => (await audit.instances[0]?.health.readiness())?.behind;

  /** Puts the trails of this tenant back to `seq`, as an older backup has them. */
  const rollBack = (tenantId: string, seq: number) =>
    audit.tamper(`DELETE FROM sealed_event WHERE tenant_id = '${tenantId}' AND seq > ${seq};
      UPDATE trail_head h SET seq = ${seq}, hash = e.hash, sealed_at = e.sealed_at FROM sealed_event e
        WHERE h.tenant_id = '${tenantId}' AND e.tenant_id = h.tenant_id AND e.seq = ${seq}`);

  it('moves forward with the trails, and not without them', async () => {
    await audit.append(eventsOf(randomUUID(), 2));
    const before = audit.macs.anchor?.number ?? 0;
    await guard().advance();
    expect(audit.macs.anchor?.number).toBe(before + 1);
    await guard().advance();
    expect(audit.macs.anchor?.number).toBe(before + 1);
    expect(await compareAll()).toEqual([null, null]);
  });

  it('is made again if the first one never arrived, and is missed once later ones have', async () => {
    await audit.tamper('DELETE FROM trail_anchor');
    audit.macs.anchor = null;
    await audit.append(eventsOf(randomUUID(), 1));
    await guard().advance();
    expect(audit.macs.anchor).toMatchObject({ number: 1 });
    audit.macs.anchor = null;
    expect(await compareAll()).toEqual([null, null]);
    await guard().advance();
    for (const number of [3, 4]) {
      await audit.append(eventsOf(randomUUID(), 1));
      await guard().advance();
      expect(audit.macs.anchor).toMatchObject({ number });
    }
    const held = audit.macs.anchor;
    audit.macs.anchor = null;
    const missed = expect.stringContaining('The HSM has no anchor') as unknown;
    expect(await compareAll()).toEqual([missed, missed]);
    audit.macs.anchor = held;
  });

  it('is compared with a trail by its verification', async () => {
    const [anchored, later] = [randomUUID(), randomUUID()];
    await audit.append(eventsOf(anchored, 2));
    await guard().advance();
    await audit.append([...eventsOf(anchored, 1), ...eventsOf(later, 1)]);
    const matches = { standing: 'matches', detail: null };
    expect(await audit.verify(anchored)).toMatchObject({ valid: true, checked: 3, anchor: { ...matches, seq: 2 } });
    expect(await audit.verify(later)).toMatchObject({ valid: true, anchor: { ...matches, seq: null } });
  });

  it('refuses a trail that was rolled back together with its head, and takes it again when it is restored', async () => {
    const tenantId = randomUUID();
    await audit.append(eventsOf(tenantId, 2));
    await audit.append(eventsOf(tenantId, 3));
    await guard().advance();
    await audit.postgres.query(
      database,
      `CREATE TABLE kept AS SELECT * FROM sealed_event WHERE tenant_id = '${tenantId}'`,
    );
    await rollBack(tenantId, 2);
    expect(await audit.verify(tenantId)).toMatchObject({
      valid: false,
      checked: 2,
      firstBadSeq: 3,
      reason: 'anchor-mismatch',
      anchor: { standing: 'differs', seq: 5, detail: expect.stringContaining('ends at event 2') as unknown },
    });
    expect(await audit.verify(tenantId, { untilSeq: 1 })).toMatchObject({
      valid: true,
      anchor: { standing: 'differs', seq: 5 },
    });
    expect(await compareAll()).toEqual([expect.stringContaining(tenantId), expect.stringContaining(tenantId)]);
    await expect(audit.append(eventsOf(tenantId, 1))).rejects.toMatchObject({
      code: 'service-unavailable',
      detail: expect.stringContaining('ankadb_audit is older than the HSM') as unknown,
    });
    await audit.tamper(`INSERT INTO sealed_event SELECT * FROM kept WHERE seq > 2;
      UPDATE trail_head h SET seq = 5, hash = k.hash, sealed_at = k.sealed_at FROM kept k WHERE h.tenant_id = k.tenant_id AND k.seq = 5; DROP TABLE kept`);
    expect(await compareAll()).toEqual([null, null]);
    expect(await audit.append(eventsOf(tenantId, 1))).toEqual({ sealed: 1 });
  });

  it('goes on with the trails of other tenants, and keeps the place of the refused one', async () => {
    const [refused, sound] = [randomUUID(), randomUUID()];
    await audit.append(eventsOf(refused, 2));
    await audit.append([...eventsOf(refused, 1), ...eventsOf(sound, 1)]);
    await guard().advance();
    await rollBack(refused, 2);
    await compareAll();
    await expect(audit.append([...eventsOf(refused, 1), ...eventsOf(sound, 1)])).rejects.toMatchObject({
      detail: expect.stringContaining(refused) as unknown,
    });
    expect((await audit.query(sound)).items).toHaveLength(2);
    expect((await audit.query(refused)).items).toHaveLength(2);
    const before = audit.macs.anchor?.number ?? 0;
    await guard().advance();
    expect(audit.macs.anchor?.number).toBe(before + 1);
    expect(await compareAll()).toEqual([expect.stringContaining(refused), expect.stringContaining(refused)]);
    expect(await audit.append(eventsOf(sound, 1))).toEqual({ sealed: 1 });
    expect(await behind()).toEqual({ ankadb_audit: 1 });
  });

  it('refuses a database without the trail of a tenant', async () => {
    const tenantId = randomUUID();
    await audit.append(eventsOf(tenantId, 3));
    await guard().advance();
    await audit.tamper(
      ['sealed_event', 'trail_head', 'event_dedup']
        .map((table) => `DELETE FROM ${table} WHERE tenant_id = '${tenantId}'`)
        .join(';'),
    );
    expect(await audit.verify(tenantId)).toMatchObject({ valid: false, firstBadSeq: 1, reason: 'anchor-mismatch' });
    expect(await compareAll()).toEqual([expect.stringContaining(tenantId), expect.stringContaining(tenantId)]);
  });

  it('refuses a database that is older than the anchor', async () => {
    await audit.append(eventsOf(randomUUID(), 1));
    await guard().advance();
    const anchor = audit.macs.anchor?.number;
    await audit.tamper('DELETE FROM trail_anchor');
    expect(await audit.verify(platformTenantId)).toMatchObject({
      valid: false,
      firstBadSeq: null,
      reason: 'anchor-mismatch',
      anchor: { standing: 'differs', seq: null, detail: expect.stringContaining('is older than the HSM') as unknown },
    });
    expect(await compareAll()).toEqual(
      Array.from(
        { length: 2 },
        () => `ankadb_audit is older than the HSM: it ends at anchor 0, the HSM holds anchor ${anchor}.`,
      ),
    );
    expect((await behind())?.['ankadb_audit']).toBeGreaterThan(1);
  });

  it('accepts a database without trails that it has sealed', async () => {
    const tenantId = randomUUID();
    await audit.append(eventsOf(tenantId, 1));
    await audit.append(eventsOf(tenantId, 1));
    await guard().advance();
    await audit.tamper(`DELETE FROM trail_anchor; DELETE FROM sealed_event WHERE tenant_id = '${tenantId}';
      DELETE FROM trail_head WHERE tenant_id = '${tenantId}'`);
    expect(await compareAll()).not.toContain(null);
    expect(await accept()).toMatchObject({ accepted: true, refused: [] });
    expect(await compareAll()).toEqual([null, null]);
    expect(await audit.append(eventsOf(tenantId, 1))).toEqual({ sealed: 1 });
  });

  it('refuses changed heads behind the anchor', async () => {
    await audit.append(eventsOf(randomUUID(), 1));
    await guard().advance();
    await audit.tamper('UPDATE trail_anchor SET seqs[1] = seqs[1] - 1');
    expect(await compareAll()).toEqual([
      expect.stringContaining('was changed'),
      expect.stringContaining('was changed'),
    ]);
  });

  it('is read again if another process moves it meanwhile, and drops the heads of the one that was read', async () => {
    const [one] = audit.instances;
    const past = audit.macs.anchor ?? expect.unreachable();
    for (let round = 0; round < 2; round++) {
      await audit.append(eventsOf(randomUUID(), 1));
      await guards()[1]?.advance();
    }
    const source = vi.spyOn(one?.app.get(AnchorSource) ?? expect.unreachable(), 'read').mockResolvedValueOnce(past);
    await guard().compare();
    expect(guard().fault).toBeNull();
    // A token that holds the older one still holds it when it is read again.
    source.mockResolvedValue(past);
    await guard().compare();
    source.mockRestore();
    expect(guard().fault).toContain('The HSM is older than ankadb_audit');
    await guard().compare();
    expect(guard().fault).toBeNull();
  });

  it('refuses a token that has lost the anchor', async () => {
    await audit.append(eventsOf(randomUUID(), 1));
    await guard().advance();
    audit.macs.anchor = null;
    expect(await compareAll()).toEqual([
      expect.stringContaining('the token is older'),
      expect.stringContaining('the token is older'),
    ]);
  });

  it('is moved to restored trails by an operator, on record', async () => {
    const tenantId = randomUUID();
    await audit.append(eventsOf(tenantId, 2));
    await audit.append(eventsOf(tenantId, 2));
    await guard().advance();
    await rollBack(tenantId, 2);
    await guard().compare();
    const reason = expect.stringContaining(tenantId) as unknown;
    expect(await accept()).toEqual({ accepted: true, reason, refused: [] });
    expect(await accept()).toEqual({ accepted: false, reason: null, refused: [] });
    const { items } = await audit.query(platformTenantId, { operation: 'trail.accept' });
    expect(items[0]).toMatchObject({
      userId: 'spec',
      outcome: 'success',
      details: { reason: expect.stringContaining(tenantId) as unknown },
    });
    expect(await compareAll()).toEqual([null, null]);
    expect(await audit.append(eventsOf(tenantId, 1))).toEqual({ sealed: 1 });
  });

  it('is not there in a token that stores no data, and then nothing is refused', async () => {
    audit.macs.anchor = undefined;
    await audit.tamper('DELETE FROM trail_anchor');
    await guard().advance();
    expect(await compareAll()).toEqual([null, null]);
    audit.macs.anchor = null;
  });
});
