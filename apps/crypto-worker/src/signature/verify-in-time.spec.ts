import { createHash } from 'node:crypto';
import { type JwsAlg, signatureSchemes } from '@ankasecure/algorithm';
import { monotonicNow, signItem as signSchema, verifyItem as verifySchema } from '@ankasecure/contracts';
import { describe, expect, it } from 'vitest';
import { failureOf } from '../jose/testing/failure.js';
import { jwsKeys, type KnownKey, knownKey, soon } from '../jose/testing/known-key.js';
import { signItem } from './sign.js';
import { verifyItem } from './verify.js';

const payload = Buffer.from('a promise of the house').toString('base64url');

const signed = async (alg: JwsAlg, { key, custody }: KnownKey) => {
  const item = signSchema.parse({ keyId: key.keyId, payload, format: 'raw', alg });
  const { signature = '' } = await signItem(custody, soon, key, item);
  const digest = createHash(signatureSchemes[alg].hash ?? 'sha256')
    .update(Buffer.from(payload, 'base64url'))
    .digest('base64url');
  const parse = (claim: object) => verifySchema.parse({ keyId: key.keyId, signature, alg, ...claim });
  return { byPayload: parse({ payload }), byDigest: parse({ digest }) };
};

describe('many ECDSA signatures over digests', () => {
  const known = knownKey('EC-P521', 'sign');
  const { key, custody } = known;
  const many = 300;

  it('leave the main thread free while they are verified', async () => {
    const { byDigest } = await signed('ES512', known);
    await verifyItem(custody, soon, key, byDigest);
    let turns = 0;
    const ticking = setInterval(() => turns++, 1);
    const all = await Promise.all(Array.from({ length: many }, () => verifyItem(custody, soon, key, byDigest)));
    clearInterval(ticking);
    expect(all.every((value) => value.valid)).toBe(true);
    // On the main thread they would leave it no turn at all.
    expect(turns).toBeGreaterThan(3);
  });

  it('are abandoned at their deadlines, one by one', async () => {
    const { byDigest } = await signed('ES512', known);
    await verifyItem(custody, soon, key, byDigest);
    const budget = { deadline: monotonicNow() + 40 };
    // To verify them all takes many times as long.
    const ended = await Promise.allSettled(
      Array.from({ length: 2000 }, () => verifyItem(custody, budget, key, byDigest)),
    );
    const late = ended.filter(({ status }) => status === 'rejected');
    expect(late.length).toBeGreaterThan(100);
    for (const one of late) expect(one).toMatchObject({ reason: { code: 'deadline-exceeded' } });
  });
});

const publicKeys = jwsKeys.filter(([, , purpose]) => purpose === 'sign');

describe.each(publicKeys)('%s with %s', (alg, algorithm, purpose) => {
  it('is not verified after the deadline', async () => {
    const known = knownKey(algorithm, purpose);
    const { byPayload, byDigest } = await signed(alg, known);
    const { hash } = signatureSchemes[alg];
    for (const item of hash === null ? [byPayload] : [byPayload, byDigest]) {
      const late = await failureOf(() => verifyItem(known.custody, { deadline: monotonicNow() }, known.key, item));
      expect(late).toMatchObject({ code: 'deadline-exceeded' });
    }
  });
});
