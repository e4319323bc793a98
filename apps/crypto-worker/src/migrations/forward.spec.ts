import { generateKeyPairSync, randomBytes, randomUUID } from 'node:crypto';
import { type AuditEvent, auditEvent } from '@ankasecure/contracts';
import { initialPolicy } from '@ankasecure/policy-rules';
import { CursorSeal } from '@ankasecure/service-kit';
import { testProof } from '@ankasecure/testing';
import type { DataSource } from 'typeorm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { always } from '../key/key-state.js';
import { KeyStore } from '../key/key-store.js';
import { ReadUsage } from '../key/key-usage.js';
import { GroupCommit } from '../outcome/group-commit.js';
import { EnforcedPolicies } from '../policy/enforced-policy.js';
import {
  contextOf,
  ownClock,
  silent,
  startWorkerDatabase,
  uncertified,
  type WorkerDatabase,
} from '../testing/worker-database.js';

const tenantId = randomUUID();
const keyId = randomUUID();
const objectId = randomBytes(16);
const spki = generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey.export({ format: 'der', type: 'spki' });
const waiting = auditEvent(contextOf(tenantId), {
  operation: 'sign',
  keyId,
  algorithm: 'EC-P256',
});

/** Events of an earlier release are sealed before the upgrade. What waits has a proof. */
const rowOf = (event: AuditEvent): string => `[${testProof('crypto-worker').textOf(event)}]`;

/** A worker's data as the first release wrote it. */
const fill = async (database: DataSource): Promise<void> => {
  await database.query('INSERT INTO tenant_policy (tenant_id, revision, document) VALUES ($1, 3, $2)', [
    tenantId,
    JSON.stringify(initialPolicy),
  ]);
  await database.query(
    `INSERT INTO key (tenant_id, id, label, algorithm, purpose, algs, created_by) VALUES ($1, $2, 'old', 'EC-P256', 'sign', '{ES256}', 'alice')`,
    [tenantId, keyId],
  );
  await database.query(
    `INSERT INTO key_version (tenant_id, key_id, version, revision, state, custody, partition, token_label, token_serial, object_id, spki)
     VALUES ($1, $2, 1, 5, 'ACTIVE', 'token', 'default', 'label', 'serial', $3, $4)`,
    [tenantId, keyId, objectId, spki],
  );
  await database.query(
    'INSERT INTO gcm_reservation (tenant_id, key_id, version, reserved) VALUES ($1, $2, 1, 4294967296)',
    [tenantId, keyId],
  );
  await database.query(
    `INSERT INTO intent (tenant_id, object_id, partition, lease, event) VALUES ($1, $2, 'default', 7, $3)`,
    [tenantId, randomBytes(16), JSON.stringify(waiting)],
  );
  await database.query('INSERT INTO outbox (event_count, events) VALUES (1, $1)', [rowOf(waiting)]);
};

describe('a database of the first release', () => {
  let database: WorkerDatabase;
  beforeAll(async () => {
    database = await startWorkerDatabase({ migrations: 1, fill });
  });
  afterAll(() => database.stop());

  it('keeps its keys unchanged', async () => {
    const key = await new KeyStore(database.dataSource).find(tenantId, keyId, null);
    expect(key).toMatchObject({
      keyId,
      version: 1,
      revision: 5,
      algorithm: 'EC-P256',
      custody: 'token',
      state: 'ACTIVE',
      activateAt: null,
      deactivateAt: null,
      maxUses: null,
    });
    expect(Buffer.from(key.ref.objectId)).toEqual(objectId);
    expect(key.publicKey?.export({ format: 'der', type: 'spki' })).toEqual(spki);
  });

  it('keeps reservations, open intents and unsealed events', async () => {
    const [reserved] = await database.superuser.query<{ reserved: string }[]>('SELECT reserved FROM gcm_reservation');
    expect(Number(reserved?.reserved)).toBe(2 ** 32);
    const [intent] = await database.dataSource.query<{ lease: string }[]>(`SELECT * FROM open_intents('default')`);
    expect(Number(intent?.lease)).toBe(7);
    expect(await database.events()).toEqual([waiting]);
  });

  it('continues: outcomes are committed under its policy and keys, and counted', async () => {
    const outcomes = new GroupCommit(database.config, database.outbox, ownClock, silent);
    const key = await new KeyStore(database.dataSource).find(tenantId, keyId, null);
    const policy = await new EnforcedPolicies(database.dataSource, ownClock, uncertified).of(tenantId);
    expect(policy.revision).toBe(3);
    const event = { ...waiting, eventId: randomUUID() };
    expect(await outcomes.commit({ tenantId, policy, key, validity: always }, event)).toBe(true);
    expect(await outcomes.commit({ tenantId, policy, key: { ...key, revision: 4 }, validity: always }, event)).toBe(
      false,
    );
    const usage = new ReadUsage(database.dataSource, new CursorSeal('c'.repeat(32)));
    const { items } = await usage.of(contextOf(tenantId), { id: keyId, limit: 1 });
    expect(items).toMatchObject([{ version: 1, operations: [{ operation: 'sign', count: 1 }] }]);
    await outcomes.close();
  });
});
