import { randomBytes } from 'node:crypto';
import type { EncryptResult, ErrorCode, Key, SignResult } from '@ankasecure/contracts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { tokenObjects } from '../../fault/token-object.js';
import { clientOf, outcomeOf, type Reply } from '../harness/client.js';
import { valueOf } from '../harness/metric.js';
import { expectProblem } from '../harness/problem.js';
import { type OwnRig, startOwnRig } from '../harness/rig.js';
import { newTenant, type Tenant } from '../harness/tenant.js';
import { eventsOf, sealedEvents } from '../harness/trail.js';
import { eventually } from '../harness/wait.js';

/** The attacks of somebody who owns `ankadb_keys` and has an ordinary account of one tenant. */
describe('the owner of the key database', () => {
  let rig: OwnRig;
  let victim: Tenant;
  let attacker: Tenant;
  beforeAll(async () => {
    rig = await startOwnRig({ workers: 1 });
    [victim, attacker] = [await newTenant(rig), await newTenant(rig)];
    await sql('ALTER TABLE key_version DROP CONSTRAINT key_version_object_id_key');
  });
  afterAll(() => rig.stop());

  const sql = (text: string, values: readonly unknown[] = []) => rig.query('ankadb_keys', text, values);
  const rejected = async (kind: string): Promise<number> =>
    (await valueOf(rig.observability['crypto-worker-1'] ?? '', 'ankasecure_record_rejected_total', { kind })) ?? 0;
  const sign = ({ id }: Key, tenant = attacker): Promise<Reply<SignResult>> =>
    tenant.admin.send('POST', '/sign', { body: { keyId: id, payload: 'AAAA' } });
  const encrypt = ({ id }: Key, tenant = attacker): Promise<Reply<EncryptResult>> =>
    tenant.admin.send('POST', '/encrypt', { body: { keyId: id, plaintext: 'AAAA' } });

  /** The request is refused with one code, counted under `kind`, and on record. */
  const expectRefused = async (
    kind: string,
    request: () => Promise<Reply>,
    tenant = attacker,
    code: ErrorCode = 'record-forged',
  ): Promise<Reply> => {
    const before = await rejected(kind);
    const reply = await request();
    expectProblem(reply, code);
    expect(await rejected(kind)).toBeGreaterThan(before);
    const alarm = await eventually('the alarm on record', async () =>
      (await eventsOf(tenant.admin, { operation: 'record.reject' })).find(
        ({ details, failureCode }) => details['kind'] === kind && failureCode === code,
      ),
    );
    expect(alarm).toMatchObject({ outcome: 'failure', userId: 'crypto-worker' });
    return reply;
  };
  /** Forges the row of a key's version, sends a request, and puts the row back. */
  const withForged = async (
    { id }: Key,
    forge: string,
    values: readonly unknown[],
    attack: () => Promise<void>,
  ): Promise<void> => {
    const [row] = await sql('SELECT v::text AS row FROM key_version v WHERE key_id = $1 AND version = 1', [id]);
    await sql(`UPDATE key_version SET ${forge}, revision = revision + 1 WHERE key_id = '${id}'`, values);
    await attack();
    await sql('DELETE FROM key_usage WHERE key_id = $1', [id]);
    await sql('DELETE FROM key_version WHERE key_id = $1', [id]);
    await sql('INSERT INTO key_version SELECT ($1::key_version).*', [row?.['row']]);
  };

  it('cannot point a key at the object of another tenant’s key, or of a platform key', async () => {
    const mine = await attacker.createKey({ algorithm: 'HMAC-SHA256' });
    expect((await sign(mine)).status).toBe(200);
    const theirs = await victim.createKey({ algorithm: 'HMAC-SHA256' });
    const [{ object_id: victims } = {}] = await sql('SELECT object_id FROM key_version WHERE key_id = $1', [theirs.id]);
    const [{ object_id: trail } = {}] = await sql(
      `SELECT object_id FROM platform_key WHERE tenant_id = $1 AND kind = 'audit-mac'`,
      [victim.id],
    );
    for (const objectId of [victims, trail])
      await withForged(mine, 'object_id = $1', [objectId], async () => {
        const reply = await expectRefused('key_version', () => sign(mine));
        expect((await sealedEvents(attacker.admin, reply.correlationId))[0]).toMatchObject({
          operation: 'sign',
          keyId: mine.id,
          failureCode: 'record-forged',
        });
      });
    expect((await sign(mine)).status).toBe(200);
  });

  it('cannot put in a public key of its own, wherever public keys are read', async () => {
    const [signing, box] = [
      await attacker.createKey({ algorithm: 'EC-P256', purpose: 'sign' }),
      await attacker.createKey({ algorithm: 'EC-P256', purpose: 'encrypt' }),
    ];
    const { jws } = (await sign(signing)).body;
    const [{ spki } = {}] = await sql('SELECT spki FROM key_version WHERE key_id = $1', [box.id]);
    const { admin } = attacker;
    await withForged(signing, 'spki = $1', [spki], async () => {
      await expectRefused('key_version', () => admin.send('POST', '/verify', { body: { jws } }));
      await expectRefused('key_version', () => admin.send('GET', `/keys/${signing.id}/public-key`));
      await expectRefused('key_version', () => admin.send('GET', `/keys/${signing.id}`));
    });
    await withForged(box, 'spki = $1', [randomBytes(91)], async () => {
      await expectRefused('key_version', () => encrypt(box));
    });
    expect(await admin.post('/verify', { jws })).toMatchObject({ valid: true });
  });

  it('cannot bring a compromised key back, or change what a key is for', async () => {
    const key = await attacker.createKey({ algorithm: 'EC-P256' });
    await attacker.admin.post(`/keys/${key.id}/compromise`, {});
    const back = `state = 'ACTIVE', revocation_reason = NULL, revocation_message = NULL, revocation_occurred_at = NULL`;
    await withForged(key, back, [], async () => {
      await expectRefused('key_version', () => sign(key));
      await expectRefused('key_version', () => attacker.admin.send('POST', `/keys/${key.id}/rotate`, { body: {} }));
    });
    const box = await attacker.createKey({ algorithm: 'AES-256' });
    await sql(`UPDATE key SET algs = '{dir}' WHERE id = $1`, [box.id]);
    await expectRefused('key', () => encrypt(box));
    await sql(`UPDATE key SET algs = '{A256KW}' WHERE id = $1`, [box.id]);
    expect((await encrypt(box)).status).toBe(200);
  });

  it('cannot grant itself a right', async () => {
    const key = await attacker.createKey({ algorithm: 'EC-P256' });
    const user = clientOf(rig.baseUrl, await rig.mint({ tenantId: attacker.id, subject: 'mallory', roles: ['user'] }));
    const use = () => user.send('POST', '/sign', { body: { keyId: key.id, payload: 'AAAA' } });
    await sql(
      `INSERT INTO key_grant (tenant_id, key_id, kind, grantee, rights, granted_by) VALUES ($1, $2, 'subject', 'mallory', '{use:sign,view}', 'x')`,
      [attacker.id, key.id],
    );
    await expectRefused('key_grant', use);
    await expectRefused('key_grant', () => user.send('GET', '/keys'));
    await sql('DELETE FROM key_grant WHERE key_id = $1', [key.id]);
    expectProblem(await use(), 'key-access-denied');
  });

  it('cannot lead an alias to another key', async () => {
    const [named, other] = [
      await attacker.createKey({ algorithm: 'EC-P256' }),
      await attacker.createKey({ algorithm: 'EC-P256' }),
    ];
    await attacker.admin.send('PUT', '/aliases/payments', { body: { keyId: named.id } });
    await sql(`UPDATE key_alias SET key_id = $2 WHERE tenant_id = $1 AND name = 'payments'`, [attacker.id, other.id]);
    await expectRefused('key_alias', () =>
      attacker.admin.send('POST', '/sign', { body: { alias: 'payments', payload: 'AAAA' } }),
    );
    await expectRefused('key_alias', () => attacker.admin.send('GET', '/aliases/payments'));
    await sql(`UPDATE key_alias SET key_id = $2 WHERE tenant_id = $1 AND name = 'payments'`, [attacker.id, named.id]);
    expect((await attacker.admin.send('POST', '/sign', { body: { alias: 'payments', payload: 'AAAA' } })).status).toBe(
      200,
    );
  });

  it('cannot change the policy in force, and its absence allows nothing', async () => {
    const tenant = await newTenant(rig);
    await tenant.changePolicy({ allowedAlgorithms: ['EC-P256'] });
    const create = (algorithm: string) => tenant.admin.send('POST', '/keys', { body: { algorithm, label: 'new' } });
    expectProblem(await create('AES-256'), 'policy-refused');
    const [held] = await sql('SELECT document::text, revision FROM tenant_policy WHERE tenant_id = $1', [tenant.id]);
    await sql(
      `UPDATE tenant_policy SET document = document - 'allowedAlgorithms', revision = revision + 1 WHERE tenant_id = $1`,
      [tenant.id],
    );
    await expectRefused('tenant_policy', () => create('AES-256'), tenant);
    await sql('UPDATE tenant_policy SET document = $2, revision = $3 WHERE tenant_id = $1', [
      tenant.id,
      held?.['document'],
      held?.['revision'],
    ]);
    expect((await create('EC-P256')).status).toBe(201);
    await sql('DELETE FROM tenant_policy WHERE tenant_id = $1', [tenant.id]);
    for (const algorithm of ['EC-P256', 'AES-256'])
      await expectRefused('tenant_policy', () => create(algorithm), tenant, 'record-outdated');
  });

  it('cannot have keys rewrapped under a KEK of its own', async () => {
    const key = await attacker.admin.post<Key>('/keys', { label: 'k', algorithm: 'AES-256', custody: 'wrapped' });
    const known = await attacker.createKey({ algorithm: 'AES-256' });
    await sql(
      `INSERT INTO platform_key (tenant_id, kind, generation, partition, token_label, token_serial, object_id)
       SELECT tenant_id, 'kek', 2, partition, token_label, token_serial, (SELECT object_id FROM key_version WHERE key_id = $2)
       FROM platform_key WHERE tenant_id = $1 AND kind = 'kek'`,
      [attacker.id, known.id],
    );
    await sql(
      `INSERT INTO kek_rotation (tenant_id, generation, partition, total, started_by, correlation_id) VALUES ($1, 2, 'default', 1, 'x', 'x')`,
      [attacker.id],
    );
    await eventually('a round that refuses it', async () => (await rejected('kek_rotation')) > 0);
    await expectRefused('platform_key', () => attacker.admin.send('GET', `/tenants/${attacker.id}/kek`));
    const [row] = await sql('SELECT kek_generation FROM key_version WHERE key_id = $1', [key.id]);
    expect(row).toEqual({ kek_generation: 1 });
    await sql(`DELETE FROM kek_rotation WHERE tenant_id = $1`, [attacker.id]);
    await sql(`DELETE FROM platform_key WHERE tenant_id = $1 AND kind = 'kek' AND generation = 2`, [attacker.id]);
    expect((await encrypt(key)).status).toBe(200);
  });

  it('cannot have an object destroyed, by an intent or by an earlier date', async () => {
    const key = await victim.createKey({ algorithm: 'EC-P256' });
    const [{ object_id: id } = {}] = await sql('SELECT object_id FROM key_version WHERE key_id = $1', [key.id]);
    const objectId = (id as Buffer).toString('hex');
    const event = JSON.stringify({ operation: 'key.create', keyId: key.id, details: {} });
    await sql(
      `INSERT INTO intent (tenant_id, object_id, partition, kind, owner, lease, event) VALUES ($1, $2, 'default', 'make', $3, 0, $4)`,
      [victim.id, id, `key:${victim.id}:${key.id}:1`, event],
    );
    await eventually('a round that refuses the intent', async () => (await rejected('intent')) > 0);
    await sql('DELETE FROM intent WHERE object_id = $1', [id]);
    const refusals = await rejected('key_version');
    await sql(
      `UPDATE key_version SET state = 'DESTROY_SCHEDULED', destroy_at = now() - interval '1 day' WHERE key_id = $1`,
      [key.id],
    );
    await eventually('a round that refuses the date', async () => (await rejected('key_version')) > refusals);
    expect((await tokenObjects(rig.hsm)).map((object) => object.id)).toContain(objectId);
    await sql(`UPDATE key_version SET state = 'ACTIVE', destroy_at = NULL WHERE key_id = $1`, [key.id]);
    expect((await sign(key, victim)).status).toBe(200);
  });

  it('gains nothing by taking the seals away', async () => {
    const key = await attacker.createKey({ algorithm: 'EC-P256' });
    await sql('UPDATE key_version SET seal = NULL, state = $2, revision = 9 WHERE key_id = $1', [key.id, 'SUSPENDED']);
    const reply = await expectRefused('key_version', () => sign(key));
    expect((reply.body as { detail: string }).detail).toContain('it has no seal');
    await rig.stack.restart('crypto-worker-1');
    await eventually('the same answer after a restart', async () => outcomeOf(await sign(key)) === 'record-forged');
  });
});
