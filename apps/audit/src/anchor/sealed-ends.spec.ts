import { randomUUID } from 'node:crypto';
import { type AuditEvent, acceptTrails, platformTenantId } from '@ankasecure/contracts';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { ReceiveEvents } from '../intake/receive-events.js';
import { underAttack } from '../testing/attacked-database.js';
import { contextOf, database, eventsOf, proven, type RunningAudit, startAudit } from '../testing/running-audit.js';
import { TrailGuard } from './trail-guard.js';

describe('what a process has sealed', () => {
  let audit: RunningAudit;
  let tenantId: string;
  beforeAll(async () => {
    audit = await startAudit();
    audit.macs.anchor = null;
  });
  afterAll(() => audit.stop());
  beforeEach(async () => {
    tenantId = randomUUID();
    await append(eventsOf(tenantId, 1));
    await append(eventsOf(tenantId, 1));
    await guard().advance();
  });

  const instance = (number: number) => audit.instances[number] ?? expect.unreachable();
  const guard = (number = 0): TrailGuard => instance(number).app.get(TrailGuard);
  const append = (events: readonly AuditEvent[], number = 0) =>
    instance(number)
      .app.get(ReceiveEvents)
      .receive(contextOf(platformTenantId), { reporter: 'crypto-worker', partition: 'default' }, proven(events));
  const accept = () => audit.gateway.request(acceptTrails, '', contextOf(platformTenantId), {});
  const rollBack = (seq: number) =>
    audit.tamper(`DELETE FROM sealed_event WHERE tenant_id = '${tenantId}' AND seq > ${seq};
      UPDATE trail_head h SET seq = ${seq}, hash = e.hash, sealed_at = e.sealed_at FROM sealed_event e
        WHERE h.tenant_id = '${tenantId}' AND e.tenant_id = h.tenant_id AND e.seq = ${seq}`);
  /** Keeps a copy of what the database tells now. */
  const freeze = () =>
    audit.postgres.query(
      database,
      `DROP TABLE IF EXISTS frozen; DROP SEQUENCE IF EXISTS asked; CREATE SEQUENCE asked; GRANT USAGE ON asked TO PUBLIC;
       CREATE TABLE frozen AS SELECT * FROM all_trail_heads(); GRANT SELECT ON frozen TO PUBLIC`,
    );
  /** The place of the tenant's trail in the last anchor. */
  const anchored = async (): Promise<unknown> => {
    const [row] = await audit.postgres.query(
      database,
      `SELECT seqs[array_position(tenants, '${tenantId}')]::int AS seq FROM trail_anchor ORDER BY number DESC LIMIT 1`,
    );
    return row?.['seq'];
  };
  const told = () => expect.stringContaining(`the trail of tenant ${tenantId} does not have the last event`) as unknown;

  it('is anchored, and raises an alarm, while the database tells frozen heads', async () => {
    const error = vi.spyOn(instance(0).log, 'error');
    await freeze();
    await underAttack(audit, { replaced: { name: 'all_trail_heads', body: 'SELECT * FROM frozen' } }, async () => {
      await append(eventsOf(tenantId, 1));
      expect(await anchored()).toBe(2);
      await guard().advance();
      expect(guard().fault).toEqual(told());
      expect(error.mock.calls).toContainEqual([
        { alarm: 'trail-behind', tenantId, fault: told() },
        'a trail is refused',
      ]);
      expect(await anchored()).toBe(3);
    });
    await guard().advance();
    expect(guard().fault).toBeNull();
    await rollBack(2);
    for (const number of [0, 1]) {
      await guard(number).compare();
      expect(guard(number).fault).toEqual(expect.stringContaining(tenantId));
    }
    expect(await audit.verify(tenantId)).toMatchObject({ valid: false, reason: 'anchor-mismatch' });
    expect(await accept()).toMatchObject({ accepted: true, refused: [] });
    error.mockRestore();
  });

  it('stops the round if the database tells older heads than at its comparison', async () => {
    await append(eventsOf(tenantId, 1));
    const number = audit.macs.anchor?.number;
    const error = vi.spyOn(instance(0).log, 'error');
    await freeze();
    await audit.postgres.query(database, `UPDATE frozen SET seq = 2 WHERE tenant_id = '${tenantId}'`);
    const body = `SELECT f.* FROM (SELECT nextval('asked') AS time) asked, LATERAL (
      SELECT h.tenant_id, CASE WHEN asked.time > 1 THEN f.seq ELSE h.seq END, h.hash, f.index_seq, f.index_mac
      FROM trail_head h JOIN frozen f USING (tenant_id)) f`;
    await underAttack(audit, { replaced: { name: 'all_trail_heads', body } }, async () => {
      await expect(guard().advance()).rejects.toMatchObject({ code: 'service-unavailable', detail: told() });
    });
    expect(error.mock.calls).toContainEqual([
      { alarm: 'trail-behind', tenantId, fault: told() },
      'the trails are not anchored',
    ]);
    expect(audit.macs.anchor?.number).toBe(number);
    error.mockRestore();
    await guard().advance();
    expect(await anchored()).toBe(3);
  });

  it('is missed in a database of the last minute, until an operator accepts it', async () => {
    await append(eventsOf(tenantId, 2));
    await rollBack(2);
    expect(await anchored()).toBe(2);
    await expect(append(eventsOf(tenantId, 1))).rejects.toMatchObject({
      detail: expect.stringContaining('ends at event 2, and this process has sealed event 4') as unknown,
    });
    await guard().advance();
    await guard(1).compare();
    expect(guard(1).fault).toEqual(expect.stringContaining(tenantId));
    expect(await accept()).toMatchObject({ accepted: true, refused: [] });
    for (const number of [0, 1]) await guard(number).compare();
    expect(await append(eventsOf(tenantId, 1))).toEqual({ sealed: 1 });
    await guard().advance();
    // The acceptance itself is sealed on the trail.
    expect(await anchored()).toBe(4);
  });
});
