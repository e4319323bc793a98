import { randomUUID } from 'node:crypto';
import { ChainVerification } from '@ankasecure/audit-event';
import {
  AnkaError,
  acceptTrails,
  type Context,
  type DryRun,
  dryRun,
  platformTenantId,
  readRecordHeads,
  recordDetails,
  subjectOf,
} from '@ankasecure/contracts';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { trailsOfAnchor } from '../anchor/trail-anchor.sql.js';
import { TrailGuard } from '../anchor/trail-guard.js';
import { BoundIndexes } from '../end/bound-index.js';
import { KnownPlaces } from '../end/known-places.js';
import { SealedEnds } from '../end/sealed-ends.js';
import { RecordIndexes } from '../record/record-indexes.js';
import { acceptAsTold } from '../testing/accept-as-told.js';
import { underAttack } from '../testing/attacked-database.js';
import { refusedIndexes } from '../testing/refused-indexes.js';
import { asVersion1 } from '../testing/resealed.js';
import { contextOf, eventOf, eventsOf, type RunningAudit, startAudit } from '../testing/running-audit.js';
import { TrailSql } from '../testing/trail-sql.js';
import { AcceptTrails } from './accept-trails.js';

describe('an acceptance of restored trails', () => {
  let audit: RunningAudit;
  let sound: string;
  let unsound: string;
  beforeAll(async () => {
    audit = await startAudit();
    audit.macs.anchor = null;
  });
  afterAll(() => audit.stop());

  const guards = (): TrailGuard[] => audit.instances.map(({ app }) => app.get(TrailGuard));
  const compareAll = async (): Promise<void> => {
    for (const guard of guards()) await guard.compare();
  };
  const accept = (timeoutMs?: number) =>
    audit.gateway.request(acceptTrails, '', contextOf(platformTenantId, timeoutMs), {});
  const onRecord = async (operation: string) => (await audit.query(platformTenantId, { operation })).items[0];
  const rollBack = (tenantId: string, seq: number) =>
    audit.tamper(`DELETE FROM sealed_event WHERE tenant_id = '${tenantId}' AND seq > ${seq};
      UPDATE trail_head h SET seq = ${seq}, hash = e.hash, sealed_at = e.sealed_at FROM sealed_event e
        WHERE h.tenant_id = '${tenantId}' AND e.tenant_id = h.tenant_id AND e.seq = ${seq}`);

  /** Two trails that end before their place in the anchor. Each was sealed in batches of five. */
  beforeEach(async () => {
    [sound, unsound] = [randomUUID(), randomUUID()];
    for (const { app } of audit.instances) app.get(SealedEnds).forget();
    await acceptAsTold(audit.instances[0] ?? expect.unreachable());
    await compareAll();
    for (const tenantId of [sound, unsound]) await audit.appendTwenty(tenantId);
    await guards()[0]?.advance();
    for (const tenantId of [sound, unsound]) await rollBack(tenantId, 15);
    await compareAll();
  });
  const anchored = async (tenantId: string) => {
    const { dataSource } = audit.instances[0] ?? expect.unreachable();
    const trails = await trailsOfAnchor(dataSource, audit.macs.anchor?.number ?? 0);
    return trails?.heads.find((head) => head.tenantId === tenantId);
  };
  const change = (seq: number, tenantId = unsound) =>
    audit.tamper(new TrailSql(tenantId).set('user_id', "'mallory'", seq));

  const foresee = async (): Promise<DryRun> => {
    const context: Context = { ...contextOf(platformTenantId), dryRun: true };
    const reply = await audit.gateway.requestRaw(subjectOf(acceptTrails, ''), context, Buffer.from('{}'));
    if (!reply.head.ok) throw new Error(JSON.stringify(reply.head.error));
    return dryRun.parse(JSON.parse(Buffer.from(reply.body).toString()));
  };

  it('refuses a trail that was changed, with its first bad event, and goes on with the others', async () => {
    await change(7);
    const refused = [{ tenantId: unsound, firstBadSeq: 7, reason: 'content-changed' }];
    expect(await accept()).toMatchObject({ accepted: true, refused });
    expect(await onRecord('trail.accept')).toMatchObject({
      outcome: 'success',
      details: { accepted: '1', refused: '1', refusedTenant: unsound, firstBadSeq: '7', refusedFor: 'content-changed' },
    });
    await compareAll();
    expect(await audit.append(eventsOf(sound, 1))).toEqual({ sealed: 1 });
    await expect(audit.append(eventsOf(unsound, 1))).rejects.toMatchObject({
      code: 'service-unavailable',
      detail: expect.stringContaining(unsound) as unknown,
    });
    await guards()[0]?.advance();
    await expect(audit.append(eventsOf(unsound, 1))).rejects.toMatchObject({ code: 'service-unavailable' });
    expect(await audit.verify(sound)).toMatchObject({ valid: true, anchor: { standing: 'matches' } });
  });

  it.each(['internal-error', 'access-denied', 'key-state'] as const)(
    'goes on with the others if the proof of a trail fails with %s',
    async (code) => {
      audit.macs.failures.set(unsound, new AnkaError(code));
      const refused = [{ tenantId: unsound, firstBadSeq: 1, reason: 'unproved' }];
      expect(await accept()).toMatchObject({ accepted: true, refused });
      expect(await onRecord('trail.accept')).toMatchObject({ details: { refusedFor: 'unproved' } });
      audit.macs.failures.clear();
      await compareAll();
      expect(await audit.append(eventsOf(sound, 1))).toEqual({ sealed: 1 });
      await expect(audit.append(eventsOf(unsound, 1))).rejects.toMatchObject({ code: 'service-unavailable' });
      expect((await anchored(unsound))?.seq).toBe(20);
      expect(await accept()).toMatchObject({ accepted: true, refused: [] });
    },
  );

  const lost = (['internal-error', 'access-denied', 'key-state'] as const).flatMap((code) => [
    { code, since: 'goes on', place: { seq: 20 } },
    { code, since: 'has seen the anchor, and knows no end', place: { seq: 20 } },
    { code, since: 'has started anew', place: { seq: 16, hash: Buffer.alloc(32) } },
  ]);

  it.each(lost)(
    'keeps the place of a trail whose proof fails with $code, without the anchor in the database, if the process $since',
    async ({ code, since, place }) => {
      audit.macs.failures.set(unsound, new AnkaError(code));
      const known = audit.instances.map(({ app }) => app.get(KnownPlaces));
      for (const places of known) {
        if (since !== 'goes on') places.forget();
        if (since === 'has started anew') places.keepAnchored([]);
      }
      await audit.tamper('DELETE FROM trail_anchor');
      expect(await accept()).toMatchObject({
        accepted: true,
        refused: expect.arrayContaining([expect.objectContaining({ tenantId: unsound })]) as unknown,
      });
      expect(await anchored(unsound)).toMatchObject(place);
      audit.macs.failures.clear();
      await compareAll();
      expect(await audit.append(eventsOf(sound, 1))).toEqual({ sealed: 1 });
      await expect(audit.append(eventsOf(unsound, 1))).rejects.toMatchObject({ code: 'service-unavailable' });
      expect(await accept()).toMatchObject({ accepted: true });
      await compareAll();
      expect(await audit.append(eventsOf(unsound, 1))).toEqual({ sealed: 1 });
    },
  );

  it('tells trails that could not be proved from trails that were changed', async () => {
    for (const tenantId of [sound, unsound]) audit.macs.failures.set(tenantId, new AnkaError('access-denied'));
    const [known, changed] = [` could not be verified after event 0`, 'fails verification'];
    const refusal = await accept().catch((error: unknown) => error);
    expect(refusal).toMatchObject({ code: 'trail-unsound', retryable: false });
    for (const tenantId of [sound, unsound])
      expect(refusal).toHaveProperty('detail', expect.stringContaining(tenantId + known));
    expect(refusal).toHaveProperty('detail', expect.not.stringContaining(changed));
    audit.macs.failures.delete(unsound);
    await change(7);
    const mixed = await accept().catch((error: unknown) => error);
    for (const told of [sound + known, `${unsound} ${changed} at event 7 (content-changed)`])
      expect(mixed).toHaveProperty('detail', expect.stringContaining(told));
    audit.macs.failures.clear();
    expect(await accept()).toMatchObject({ accepted: true, refused: [{ tenantId: unsound }] });
  });

  it('refuses and is on record if no trail is sound, until a sound one is restored', async () => {
    await accept();
    await compareAll();
    await audit.append(eventsOf(unsound, 2));
    await guards()[0]?.advance();
    await rollBack(unsound, 15);
    await audit.tamper(`CREATE TABLE kept AS SELECT user_id FROM sealed_event WHERE ${new TrailSql(unsound).at(12)}`);
    await change(12);
    await compareAll();
    const refusal = {
      code: 'trail-unsound',
      retryable: false,
      detail: expect.stringContaining(`${unsound} fails verification at event 12 (content-changed)`) as unknown,
    };
    for (let call = 0; call < 2; call++) await expect(accept()).rejects.toMatchObject(refusal);
    expect(await onRecord('trail.accept')).toMatchObject({ outcome: 'failure', failureCode: 'trail-unsound' });
    await compareAll();
    await expect(audit.append(eventsOf(unsound, 1))).rejects.toMatchObject({ code: 'service-unavailable' });
    await audit.tamper(`${new TrailSql(unsound).set('user_id', '(SELECT user_id FROM kept)', 12)}; DROP TABLE kept`);
    expect(await accept()).toMatchObject({ accepted: true, refused: [] });
    await compareAll();
    expect(await audit.append(eventsOf(unsound, 1))).toEqual({ sealed: 1 });
  });

  it('is foreseen by a dry run, which verifies and changes nothing', async () => {
    await change(7);
    const anchor = audit.macs.anchor;
    const refusedTrails = [{ tenantId: unsound, firstBadSeq: 7, reason: 'content-changed' }];
    expect(await foresee()).toEqual({ dryRun: true, operation: 'trail.accept', succeeds: true, refusedTrails });
    expect(await onRecord('dry-run.trail.accept')).toMatchObject({ userId: 'spec', outcome: 'success' });
    await change(3, sound);
    expect(await foresee()).toMatchObject({ succeeds: false, error: { code: 'trail-unsound' } });
    expect(audit.macs.anchor).toEqual(anchor);
    await expect(audit.append(eventsOf(sound, 1))).rejects.toMatchObject({ code: 'service-unavailable' });
  });

  it.each(['store_record_index', 'move_record_heads'])(
    'anchors no index that the database does not keep, when %s does nothing',
    async (name) => {
      const [tenantId, id] = [randomUUID(), randomUUID()];
      const details = (revision: number) => ({
        details: recordDetails([{ kind: 'key', id, revision, digest: 'A'.repeat(43) }]),
      });
      await audit.append([eventOf(tenantId, details(1))]);
      const where = `WHERE tenant_id = '${tenantId}'`;
      await audit.tamper(`CREATE TABLE old_head AS SELECT * FROM record_head ${where};
        CREATE TABLE old_index AS SELECT * FROM record_index ${where}`);
      await audit.append([eventOf(tenantId, details(2))]);
      await audit.tamper(`DELETE FROM record_head ${where}; DELETE FROM record_index ${where}; DELETE FROM trail_anchor;
        INSERT INTO record_head SELECT * FROM old_head; INSERT INTO record_index SELECT * FROM old_index;
        DROP TABLE old_head; DROP TABLE old_index`);
      await compareAll();
      const heads = () =>
        audit.gateway.request(readRecordHeads, '', contextOf(tenantId), { records: [{ kind: 'key', id }], newest: [] });
      const isNewest = { heads: [expect.objectContaining({ revision: 2 })] };
      await underAttack(audit, { replaced: { name, body: 'SELECT null::void' } }, async () => {
        await expect(accept()).rejects.toMatchObject({ detail: expect.stringContaining('was not kept') as unknown });
        for (let round = 0; round < 4; round++)
          await expect(heads()).rejects.toMatchObject({ code: 'service-unavailable' });
      });
      expect(await accept()).toMatchObject({ accepted: true });
      await expect.poll(heads).toEqual(isNewest);
    },
  );

  it('anchors no trail that it was not told to verify', async () => {
    await change(7);
    await audit.tamper('DELETE FROM trail_anchor');
    for (const { app } of audit.instances) app.get(SealedEnds).forget();
    await compareAll();
    const body = `SELECT h.tenant_id, h.seq, h.hash, coalesce(i.seq, 0), coalesce(i.mac, '')
      FROM trail_head h LEFT JOIN record_index i USING (tenant_id)
      WHERE h.tenant_id <> '${unsound}' OR told.calls > 2`;
    const before = audit.macs.anchor;
    await audit.tamper('CREATE SEQUENCE calls; GRANT USAGE ON SEQUENCE calls TO ankadb_audit_owner, ankadb_audit_app');
    await audit.tamper('ALTER FUNCTION all_trail_heads VOLATILE');
    const counted = body.replace('trail_head h LEFT', `(SELECT nextval('calls') AS calls) told, trail_head h LEFT`);
    await underAttack(audit, { replaced: { name: 'all_trail_heads', body: counted } }, async () => {
      await expect(accept()).rejects.toMatchObject({
        code: 'service-unavailable',
        detail: expect.stringContaining(unsound) as unknown,
      });
    });
    expect(audit.macs.anchor).toEqual(before);
    const { refused } = (await accept()) as { refused: unknown };
    expect(refused).toContainEqual({ tenantId: unsound, firstBadSeq: 7, reason: 'content-changed' });
  });

  it('goes on where it ended when the time does not suffice', async () => {
    audit.macs.slow.add(unsound);
    await expect(accept(3_000)).rejects.toMatchObject({
      code: 'deadline-exceeded',
      detail: expect.stringMatching(/Verified [01] of 2 trails\. Repeat the call/) as unknown,
    });
    audit.macs.slow.clear();
    expect(await accept()).toMatchObject({ accepted: true, refused: [] });
  });

  it('neither proves nor seals again what a call has done that failed at its end', async () => {
    const { app } = audit.instances[0] ?? expect.unreachable();
    const failing = vi
      .spyOn(app.get(TrailGuard), 'accept')
      .mockRejectedValueOnce(new AnkaError('service-unavailable', 'Repeat the call.'));
    const acceptHere = () => app.get(AcceptTrails).accept(contextOf(platformTenantId));
    await expect(acceptHere()).rejects.toMatchObject({ code: 'service-unavailable' });
    const fed = vi.spyOn(ChainVerification.prototype, 'feed');
    try {
      expect(await acceptHere()).toMatchObject({ accepted: true, refused: [] });
      // The event of the call before, on each trail.
      expect(fed).toHaveBeenCalledTimes(2);
    } finally {
      fed.mockRestore();
      failing.mockRestore();
    }
    for (const tenantId of [sound, unsound])
      expect((await audit.query(tenantId, { operation: 'trail.accept' })).items).toHaveLength(1);
  });

  it('raises no alarm about the index of a trail that stays refused and that an earlier release has sealed', async () => {
    const id = randomUUID();
    const changing = (revision: number) =>
      audit.append([
        eventOf(platformTenantId, { details: recordDetails([{ kind: 'key', id, revision, digest: 'A'.repeat(43) }]) }),
      ]);
    const where = `WHERE tenant_id = '${platformTenantId}'`;
    await changing(1);
    const seq = (await audit.query(platformTenantId)).items[0]?.seq ?? expect.unreachable();
    await audit.tamper(`CREATE TABLE old_head AS SELECT * FROM record_head ${where};
      CREATE TABLE old_index AS SELECT * FROM record_index ${where}`);
    await changing(2);
    await guards()[0]?.advance();
    await rollBack(platformTenantId, seq);
    await audit.tamper(`DELETE FROM record_head ${where}; DELETE FROM record_index ${where};
      INSERT INTO record_head SELECT * FROM old_head; INSERT INTO record_index SELECT * FROM old_index;
      DROP TABLE old_head; DROP TABLE old_index`);
    await asVersion1(audit, platformTenantId);
    for (const { app } of audit.instances) app.get(BoundIndexes).forget();
    await compareAll();
    const before = await refusedIndexes(audit);
    expect(await foresee()).toMatchObject({ succeeds: true });
    expect(await refusedIndexes(audit)).toBe(before);
    expect(await accept()).toMatchObject({ accepted: true, refused: [] });
    await compareAll();
    // Not before: until the acceptance, one process or both know the end that was rolled back, and list nothing that took its place.
    await expect.poll(() => onRecord('dry-run.trail.accept')).toMatchObject({ outcome: 'success' });
    expect(await changing(3)).toEqual({ sealed: 1 });
  });

  it('is taken over by every process', async () => {
    const [tenantId, id] = [randomUUID(), randomUUID()];
    const changing = (revision: number) =>
      audit.append([
        eventOf(tenantId, { details: recordDetails([{ kind: 'key', id, revision, digest: 'A'.repeat(43) }]) }),
      ]);
    const heads = () =>
      audit.gateway.request(readRecordHeads, '', contextOf(tenantId), { records: [{ kind: 'key', id }], newest: [] });
    await changing(1);
    const where = `WHERE tenant_id = '${tenantId}'`;
    await audit.tamper(`CREATE TABLE old_head AS SELECT * FROM record_head ${where};
      CREATE TABLE old_index AS SELECT * FROM record_index ${where}`);
    await changing(2);
    // Each process takes some of these requests and remembers the newer index.
    for (let request = 0; request < 12; request++) await heads();
    await guards()[0]?.advance();
    await rollBack(tenantId, 1);
    await audit.tamper(`DELETE FROM record_head ${where}; DELETE FROM record_index ${where};
      INSERT INTO record_head SELECT * FROM old_head; INSERT INTO record_index SELECT * FROM old_index;
      DROP TABLE old_head; DROP TABLE old_index`);
    await compareAll();
    expect(await accept()).toMatchObject({ accepted: true, refused: [] });
    const event = { seq: 2, operation: 'trail.accept', userId: 'spec', details: { acceptedUntil: '1' } };
    // A tenant's queries are few at a time.
    const lists = async () => {
      const newest: unknown[] = [];
      for (let list = 0; list < 6; list++) newest.push((await audit.query(tenantId)).items[0]);
      return newest;
    };
    await expect.poll(lists).toMatchObject(Array.from({ length: 6 }, () => event));
    // A process that has just compared its trails does so again after a second.
    const answers = () => Promise.allSettled(Array.from({ length: 12 }, heads));
    const taken = { status: 'fulfilled', value: { heads: [expect.objectContaining({ id, revision: 1 })] } };
    await expect.poll(answers).toEqual(Array.from({ length: 12 }, () => taken));
    // The seal of the acceptance binds the index, so that new processes answer too, and seal on top of it.
    for (const { app } of audit.instances) app.get(RecordIndexes).forget();
    expect(await answers()).toEqual(Array.from({ length: 12 }, () => taken));
    expect(await changing(3)).toEqual({ sealed: 1 });
    expect(await audit.verify(tenantId)).toMatchObject({ valid: true, checked: 3 });
  });
});
