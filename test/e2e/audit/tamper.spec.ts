import { canonicalBytes, detailsText, leafHash } from '@ankasecure/audit-event';
import type { AuditEvent } from '@ankasecure/contracts';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Rig } from '../harness/rig.js';
import { sharedRig } from '../harness/shared-rig.js';
import { newTenant, type Tenant } from '../harness/tenant.js';
import { eventsOf, type Verification, verification } from '../harness/trail.js';
import { eventually } from '../harness/wait.js';

type Reason = Verification['reason'];

/** What a superuser of the database does, whom neither rights, row-level security nor triggers stop. `$T` is the tenant. */
const tampering: readonly (readonly [what: string, sql: string, seq: number, reason: Reason])[] = [
  [
    'flips a bit of the sealed bytes',
    'UPDATE sealed_event SET canonical = set_bit(canonical, 77, 1 - get_bit(canonical, 77)) WHERE $T AND seq = 5',
    5,
    'content-changed',
  ],
  [
    'flips a bit of an HMAC',
    'UPDATE sealed_event SET hmac = set_bit(hmac, 7, 1 - get_bit(hmac, 7)) WHERE $T AND seq = 5',
    5,
    'content-changed',
  ],
  [
    'flips a bit of a hash',
    'UPDATE sealed_event SET hash = set_bit(hash, 7, 1 - get_bit(hash, 7)) WHERE $T AND seq = 5',
    5,
    'content-changed',
  ],
  ['blames somebody else', "UPDATE sealed_event SET user_id = 'mallory' WHERE $T AND seq = 5", 5, 'content-changed'],
  [
    'turns a failure into a success',
    "UPDATE sealed_event SET outcome = 'unknown' WHERE $T AND seq = 5",
    5,
    'content-changed',
  ],
  [
    'moves an event in time',
    'UPDATE sealed_event SET occurred_at = occurred_at - 1 WHERE $T AND seq = 5',
    5,
    'content-changed',
  ],
  ['changes the details', `UPDATE sealed_event SET details = '{}' WHERE $T AND seq = 5`, 5, 'content-changed'],
  ['deletes the first event', 'DELETE FROM sealed_event WHERE $T AND seq = 1', 1, 'missing'],
  ['deletes an event', 'DELETE FROM sealed_event WHERE $T AND seq = 5', 5, 'missing'],
  [
    'deletes an event and closes the gap',
    'DELETE FROM sealed_event WHERE $T AND seq = 5; UPDATE sealed_event SET seq = seq + 1000 WHERE $T AND seq > 5; UPDATE sealed_event SET seq = seq - 1001 WHERE $T AND seq > 1000',
    5,
    'chain-broken',
  ],
  ['swaps two events', 'UPDATE sealed_event SET seq = 11 - seq WHERE $T AND seq IN (4, 7)', 4, 'chain-broken'],
  ['cuts the tail off', 'DELETE FROM sealed_event WHERE $T AND seq > 7', 8, 'tail-missing'],
  [
    'repeats an event',
    `INSERT INTO sealed_event SELECT (r).* FROM (SELECT jsonb_populate_record(e, jsonb_build_object('sealed_at', e.sealed_at + interval '1 ms')) AS r FROM sealed_event e WHERE $T AND seq = 5) again`,
    5,
    'chain-broken',
  ],
  ['empties the trail', 'DELETE FROM sealed_event WHERE $T', 1, 'tail-missing'],
];

describe('the audit trail', () => {
  let rig: Rig;
  let tenant: Tenant;
  beforeAll(async () => {
    rig = await sharedRig();
  });
  beforeEach(async () => {
    tenant = await newTenant(rig);
    const { id } = await tenant.createKey({ algorithm: 'EC-P256', purpose: 'sign' });
    for (let time = 0; time < 10; time++) await tenant.admin.post('/sign', { keyId: id, payload: 'AAAA' });
    await eventually(
      'ten sealed signatures',
      async () => (await eventsOf(tenant.admin, { operation: 'sign' })).length === 10,
    );
  });
  const tamper = (sql: string): Promise<unknown> => {
    const mine = sql.replaceAll('$T', `tenant_id = '${tenant.id}'`);
    return rig.query('ankadb_audit', `SET session_replication_role = replica; ${mine}`);
  };

  it('holds as it is, whole and in parts', async () => {
    const whole = await verification(tenant.admin);
    expect(whole).toMatchObject({ valid: true, fromSeq: 1, firstBadSeq: null, reason: null });
    expect(whole.headHash).toMatch(/^[\w-]{43}$/);
    expect(await verification(tenant.admin, { fromSeq: 3, untilSeq: 6 })).toMatchObject({
      valid: true,
      checked: 4,
      headHash: null,
    });
    expect(await verification(tenant.admin, { untilSeq: 1000 })).toMatchObject({
      valid: false,
      reason: 'tail-missing',
    });
  });

  it.each(tampering)('names the first bad event when somebody %s', async (_, sql, seq, reason) => {
    expect((await verification(tenant.admin)).valid).toBe(true);
    await tamper(sql);
    expect(await verification(tenant.admin)).toMatchObject({
      valid: false,
      firstBadSeq: seq,
      reason,
      checked: seq - 1,
    });
    if (seq > 1)
      expect(await verification(tenant.admin, { untilSeq: seq - 1 })).toMatchObject({ valid: true, checked: seq - 1 });
  });

  it('is told apart by its HMACs from one that was written anew, hashes and all', async () => {
    const rows = await rig.query(
      'ankadb_audit',
      `SELECT * FROM sealed_event WHERE tenant_id = '${tenant.id}' ORDER BY seq`,
    );
    let previousHash: Buffer | undefined;
    const statements = rows.slice(4).map((row, index) => {
      const forged = forge(
        row,
        index === 0 ? 'mallory' : String(row['user_id']),
        previousHash ?? (row['previous_hash'] as Buffer),
      );
      previousHash = forged.hash;
      const set = `user_id = '${forged.userId}', canonical = ${hex(forged.canonical)}, previous_hash = ${hex(forged.previousHash)}, hash = ${hex(forged.hash)}`;
      return `UPDATE sealed_event SET ${set} WHERE $T AND seq = ${String(row['seq'])}`;
    });
    await tamper(
      [...statements, `UPDATE trail_head SET hash = ${hex(previousHash ?? Buffer.of())} WHERE $T`].join(';'),
    );
    expect(await verification(tenant.admin)).toMatchObject({ valid: false, firstBadSeq: 5, reason: 'hmac-mismatch' });
  });

  it('is not changed by the service’s own role', async () => {
    const change = (sql: string): Promise<unknown> =>
      rig.query('ankadb_audit', `SET ROLE ankadb_audit_app; SET ankasecure.tenant = '${tenant.id}'; ${sql}`);
    for (const sql of [
      "UPDATE sealed_event SET user_id = 'x'",
      'DELETE FROM sealed_event',
      'TRUNCATE sealed_event',
      'DELETE FROM trail_head',
      'DELETE FROM event_dedup',
    ])
      await expect(change(sql), sql).rejects.toThrow(/permission denied|not allowed/);
    expect((await verification(tenant.admin)).valid).toBe(true);
  });
});

const hex = (bytes: Uint8Array): string => `'\\x${Buffer.from(bytes).toString('hex')}'::bytea`;

/** A row as somebody would write it who knows the format and has not the HSM. */
const forge = (row: Record<string, unknown>, userId: string, previousHash: Buffer) => {
  const text = (name: string): string | null => row[name] as string | null;
  const event: AuditEvent = {
    eventId: String(row['event_id']),
    tenantId: String(row['tenant_id']),
    userId,
    keyId: text('key_id'),
    algorithm: text('algorithm'),
    operation: String(row['operation']),
    outcome: row['outcome'] as AuditEvent['outcome'],
    failureCode: text('failure_code'),
    occurredAt: Number(row['occurred_at']),
    correlationId: String(row['correlation_id']),
    details: JSON.parse(String(row['details'])) as Record<string, string>,
  };
  const canonical = canonicalBytes(event);
  const leaf = { seq: Number(row['seq']), macKeyId: String(row['mac_key_id']), hmac: row['hmac'] as Buffer };
  const hash = leafHash({
    ...leaf,
    eventId: event.eventId,
    previousHash,
    canonical,
    details: detailsText(event.details),
  });
  return { userId, canonical, previousHash, hash };
};
