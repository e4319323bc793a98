import { createHash } from 'node:crypto';
import { type JwsAlg, signatureSchemes } from '@ankasecure/algorithm';
import { signItem as signSchema, type VerifyItem, verifyItem as verifySchema } from '@ankasecure/contracts';
import { describe, expect, it } from 'vitest';
import { jwsKeys, knownKey, soon } from '../jose/testing/known-key.js';
import { signItem } from './sign.js';
import { verifyItem } from './verify.js';

const payload = Buffer.from('one of a thousand').toString('base64url');
const flood = 60;

const claimsOf = async (alg: JwsAlg, known: ReturnType<typeof knownKey>): Promise<VerifyItem[]> => {
  const { keyId } = known.key;
  const item = signSchema.parse({ keyId, payload, format: 'raw', alg });
  const { signature = '' } = await signItem(known.custody, soon, known.key, item);
  const { hash } = signatureSchemes[alg];
  const byPayload = verifySchema.parse({ keyId, signature, alg, payload });
  if (hash === null) return [byPayload];
  const digest = createHash(hash).update(Buffer.from(payload, 'base64url')).digest('base64url');
  return [byPayload, verifySchema.parse({ keyId, signature, alg, digest })];
};

const publicKeys = jwsKeys.filter(([, , purpose]) => purpose === 'sign');

describe.each(publicKeys)('%s with %s', (alg, algorithm, purpose) => {
  it('is verified for one tenant while another has sent many', async () => {
    const known = knownKey(algorithm, purpose);
    for (const item of await claimsOf(alg, known)) {
      const order: string[] = [];
      const verifyFor = async (tenantId: string): Promise<void> => {
        const { valid } = await verifyItem(known.custody, { ...soon, tenantId }, known.key, item);
        expect(valid).toBe(true);
        order.push(tenantId);
      };
      const many = Array.from({ length: flood }, () => verifyFor('many'));
      const few = Array.from({ length: 3 }, () => verifyFor('few'));
      await Promise.all([...many, ...few]);
      // Each of the few waits for some of the many, and not for all of them.
      const before = order.slice(0, order.lastIndexOf('few')).filter((tenant) => tenant === 'many');
      expect(before.length).toBeLessThan(flood / 2);
    }
  });
});
