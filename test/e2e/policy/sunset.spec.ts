import { setTimeout as delay } from 'node:timers/promises';
import type { EncryptResult, Key, PolicyTemplate, SignResult } from '@ankasecure/contracts';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Client, Reply } from '../harness/client.js';
import { expectProblem } from '../harness/problem.js';
import type { Rig } from '../harness/rig.js';
import { sharedRig } from '../harness/shared-rig.js';
import { newTenant, type Tenant } from '../harness/tenant.js';
import { sealedEvents } from '../harness/trail.js';

/** The first whole second that is at least `ms` away. */
const wholeSecondIn = (ms: number): string => new Date(Math.ceil((Date.now() + ms) / 1000) * 1000).toISOString();
const until = (moment: string): Promise<void> => delay(Math.max(0, Date.parse(moment) - Date.now()));

describe('the sunset of an algorithm', () => {
  let rig: Rig;
  let tenant: Tenant;
  let client: Client;
  let key: Key;
  beforeAll(async () => {
    rig = await sharedRig();
  });
  beforeEach(async () => {
    tenant = await newTenant(rig);
    client = tenant.admin;
    key = await tenant.createKey({ algorithm: 'EC-P256', purpose: 'sign' });
  });
  const sign = (): Promise<Reply<SignResult>> =>
    client.send<SignResult>('POST', '/sign', { body: { keyId: key.id, payload: 'AAAA' } });

  it('takes effect to the second on every worker, and earlier signatures still verify', async () => {
    const { jws } = (await sign()).body;
    const protectUntil = wholeSecondIn(3000);
    await tenant.changePolicy({ sunsets: [{ algorithm: 'EC-P256', protectUntil, source: 'Bank standard 7' }] });
    const isAfter = ({ sentAt }: { sentAt: number }): boolean => sentAt >= Date.parse(protectUntil);
    const seen: { readonly sentAt: number; readonly receivedAt: number; readonly reply: Reply<SignResult> }[] = [];
    // The workers share the machine's clock with this test. Concurrent requests keep both workers busy.
    const ask = async (): Promise<void> => {
      while (seen.filter(isAfter).length <= 20) {
        const sentAt = Date.now();
        const reply = await sign();
        seen.push({ sentAt, receivedAt: Date.now(), reply });
      }
    };
    await Promise.all([ask(), ask(), ask(), ask()]);
    const before = seen.filter(({ receivedAt }) => receivedAt < Date.parse(protectUntil));
    const after = seen.filter(isAfter);
    expect(before.length).toBeGreaterThan(20);
    expect(after.length).toBeGreaterThan(20);
    for (const { reply } of before)
      expect([reply.status, reply.headers.get('sunset')]).toEqual([200, new Date(protectUntil).toUTCString()]);
    for (const { reply } of after) expectProblem(reply, 'policy-refused');
    expect(after[0]?.reply.text).toContain('Bank standard 7');
    const [event] = await sealedEvents(client, after[0]?.reply.correlationId ?? '');
    expect(event).toMatchObject({ failureCode: 'policy-refused', details: { rule: 'sunsets' } });
    expect((await client.post<{ valid: boolean }>('/verify', { jws })).valid).toBe(true);
    const creation = { algorithm: 'EC-P256', purpose: 'sign', label: 'too late' };
    expectProblem(await client.send('POST', '/keys', { body: creation }), 'policy-refused');
  });

  it('is announced in answers and their headers, also for batches and creations', async () => {
    const sunset = {
      algorithm: 'EC-P256' as const,
      warnFrom: wholeSecondIn(3000),
      protectUntil: '2040-01-01T00:00:00Z',
      processUntil: '2041-01-01T00:00:00Z',
    };
    await tenant.changePolicy({ sunsets: [sunset] });
    const early = await sign();
    expect([early.body.warnings, early.headers.get('deprecation'), early.headers.get('sunset')]).toEqual([
      undefined,
      null,
      null,
    ]);
    await until(sunset.warnFrom);
    const deprecation = `@${Date.parse(sunset.warnFrom) / 1000}`;
    const warned = await sign();
    expect(warned.body.warnings).toEqual([
      {
        code: 'algorithm-sunset',
        detail: `EC-P256 is deprecated: it may protect data until ${sunset.protectUntil}`,
        deprecation: sunset.warnFrom,
        sunset: sunset.protectUntil,
      },
    ]);
    expect(warned.headers.get('deprecation')).toBe(deprecation);
    expect(warned.headers.get('sunset')).toBe('Sun, 01 Jan 2040 00:00:00 GMT');
    const verified = await client.send('POST', '/verify', { body: { jws: warned.body.jws } });
    expect(verified.headers.get('sunset')).toBe('Tue, 01 Jan 2041 00:00:00 GMT');

    const other = await tenant.createKey({ algorithm: 'EC-P384', purpose: 'sign' });
    const items = [other.id, key.id].map((keyId) => ({ keyId, payload: 'AAAA' }));
    const batch = await client.send<{ items: SignResult[] }>('POST', '/sign', { body: { items } });
    expect(batch.headers.get('deprecation')).toBe(deprecation);
    expect(batch.body.items.map(({ warnings }) => warnings?.length ?? 0)).toEqual([0, 1]);

    const made = await client.send<Key>('POST', '/keys', { body: { algorithm: 'EC-P256', label: 'late' } });
    expect(made.body.warnings).toMatchObject([{ code: 'algorithm-sunset', sunset: sunset.protectUntil }]);
    expect(made.headers.get('deprecation')).toBe(deprecation);
  });

  it('is announced from the change on with the migration template, for uses that will end', async () => {
    const before = Date.now();
    const { document } = await client.get<PolicyTemplate>('/policy/templates/pqc-migration');
    await tenant.changePolicy(document);
    const signed = await sign();
    const [deprecation, sunset] = ['deprecation', 'sunset'].map((name) => signed.headers.get(name));
    expect(sunset).toBe('Tue, 01 Jan 2036 00:00:00 GMT');
    const since = Number(deprecation?.slice(1)) * 1000;
    expect(since).toBeGreaterThan(before - 2000);
    expect(since).toBeLessThanOrEqual(Date.now());
    expect(signed.body.warnings).toMatchObject([{ code: 'algorithm-sunset', sunset: '2036-01-01T00:00:00Z' }]);
    const verified = await client.send<{ warnings?: unknown }>('POST', '/verify', { body: { jws: signed.body.jws } });
    expect([verified.status, verified.body.warnings]).toEqual([200, undefined]);
    expect([verified.headers.get('deprecation'), verified.headers.get('sunset')]).toEqual([null, null]);
  });

  it('takes effect at once with CNSA 2.0 for other algorithms, on every worker', async () => {
    const [p384, aes] = [
      await tenant.createKey({ algorithm: 'EC-P384', purpose: 'sign' }),
      await tenant.createKey({ algorithm: 'AES-256' }),
    ];
    const signWith = (keyId: string) => client.send<SignResult>('POST', '/sign', { body: { keyId, payload: 'AAAA' } });
    const { jws } = (await signWith(p384.id)).body;
    await tenant.changePolicy({ cnsa2: true });
    for (let time = 0; time < 10; time++) {
      expectProblem(await signWith(p384.id), 'policy-refused');
      const verified = await client.send<{ valid: boolean }>('POST', '/verify', { body: { jws } });
      expect([verified.body.valid, verified.headers.get('sunset')]).toEqual([true, 'Sun, 01 Jan 2034 00:00:00 GMT']);
    }
    expect(
      (await client.post<EncryptResult>('/encrypt', { keyId: aes.id, plaintext: 'AAAA' })).warnings,
    ).toBeUndefined();
  });
});
