import { createHmac, randomBytes, randomUUID } from 'node:crypto';
import { macInput } from '@ankasecure/audit-event';
import { AnkaError } from '@ankasecure/contracts';
import { describe, expect, it } from 'vitest';
import type { Custody } from '../custody/custody.js';
import type { PlatformKeys } from '../platform-key/platform-key.js';
import { contextOf, ownClock } from '../testing/worker-database.js';
import { ComputeMac } from './compute-mac.js';
import { OwnMacs } from './own-mac.js';

const tenantId = randomUUID();
const tenantKey = randomBytes(32);
const hmac = (key: Uint8Array, input: Uint8Array): Buffer => createHmac('sha256', key).update(input).digest();

/** Counts the calls to the HSM. The conformance suite checks the answers against SoftHSM. */
const counting = () => {
  const asked: Buffer[] = [];
  const custody = {
    platformMac: (_: unknown, __: unknown, input: Uint8Array) => {
      asked.push(Buffer.from(input));
      return Promise.resolve(hmac(tenantKey, input));
    },
  } as unknown as Custody;
  const keys = {
    auditKey: ({ tenantId: tenant }: { tenantId: string }, generation: number | null) =>
      tenant === tenantId && (generation === null || generation === 1)
        ? Promise.resolve({
            generation: 1,
            ref: { kind: 'audit-mac', tenantId, generation: 1, objectId: randomBytes(16) },
          })
        : Promise.reject(new AnkaError('tenant-unknown')),
  } as unknown as PlatformKeys;
  return { asked, custody, keys };
};

/** SP 800-108 r1 §4.1, written independently of the code under test. */
const dayKeyOf = (day: string): Buffer =>
  hmac(
    tenantKey,
    Buffer.from(`\x00\x00\x00\x01ankasecure audit mac day key\x00${tenantId}|${day}\x00\x00\x01\x00`, 'latin1'),
  );

describe('audit MACs', () => {
  const messages = ['first', 'second'].map((text) => Buffer.from(text));
  const request = (macKeyId: string | null) => ({
    macKeyId,
    messages: messages.map((message) => message.toString('base64')),
  });

  it('use a key that the HSM derives once a day', async () => {
    const { asked, custody, keys } = counting();
    const macs = new ComputeMac(custody, keys, { mode: 'day-key' }, ownClock, new OwnMacs(ownClock));
    const day = new Date().toISOString().slice(0, 10);
    const first = await macs.compute(contextOf(tenantId), request(null));
    await macs.compute(contextOf(tenantId), request(null));
    expect(first.macKeyId).toBe(`1.${day}`);
    const expected = messages.map((message) =>
      hmac(dayKeyOf(day), macInput(first.macKeyId, message)).toString('base64'),
    );
    expect(first.macs).toEqual(expected);
    expect(asked).toHaveLength(1);
  });

  it('are recomputed for verification under the key they name', async () => {
    const { custody, keys } = counting();
    const old = await new ComputeMac(custody, keys, { mode: 'day-key' }, ownClock, new OwnMacs(ownClock)).compute(
      contextOf(tenantId),
      request('1.2020-02-29'),
    );
    expect(old.macs[0]).toBe(
      hmac(dayKeyOf('2020-02-29'), macInput('1.2020-02-29', Buffer.from('first'))).toString('base64'),
    );
  });

  it('are computed one by one in the HSM if the configuration says so', async () => {
    const { asked, custody, keys } = counting();
    const { macKeyId, macs } = await new ComputeMac(
      custody,
      keys,
      { mode: 'hsm' },
      ownClock,
      new OwnMacs(ownClock),
    ).compute(contextOf(tenantId), request(null));
    expect(macKeyId).toBe('1.hsm');
    expect(asked).toHaveLength(2);
    expect(macs[0]).toBe(hmac(tenantKey, macInput('1.hsm', Buffer.from('first'))).toString('base64'));
  });

  it.each(['', '1', '0.hsm', '1.2020-2-1', '1.hsm ', '../1.hsm'])('refuse the key id %j', async (macKeyId) => {
    const { custody, keys } = counting();
    await expect(
      new ComputeMac(custody, keys, { mode: 'day-key' }, ownClock, new OwnMacs(ownClock)).compute(
        contextOf(tenantId),
        request(macKeyId),
      ),
    ).rejects.toMatchObject({
      code: 'request-invalid',
    });
  });

  it('do not exist for a tenant without a key', async () => {
    const { custody, keys } = counting();
    await expect(
      new ComputeMac(custody, keys, { mode: 'day-key' }, ownClock, new OwnMacs(ownClock)).compute(
        contextOf(randomUUID()),
        request(null),
      ),
    ).rejects.toMatchObject({
      code: 'tenant-unknown',
    });
  });
});
