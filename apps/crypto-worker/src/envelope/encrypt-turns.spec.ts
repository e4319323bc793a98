import { type JweAlg, joseAlgs } from '@ankasecure/algorithm';
import { expect, it } from 'vitest';
import { knownKey, soon } from '../jose/testing/known-key.js';
import { sealJwe } from './encrypt.js';

const flood = 60;
const plaintext = Buffer.from('one of a thousand');

const keys = (['RSA-2048', 'EC-P256', 'EC-P521', 'ML-KEM-768'] as const).flatMap((algorithm) =>
  joseAlgs(algorithm, 'encrypt').map((alg) => [algorithm, alg] as const),
);

it.each(keys)('%s encrypts with %s for one tenant while another has sent much', async (algorithm, alg) => {
  const { key, custody } = knownKey(algorithm, 'encrypt', { alg: alg as JweAlg });
  const order: string[] = [];
  const encryptFor = async (tenantId: string): Promise<void> => {
    await sealJwe(custody, { ...soon, tenantId }, key, { plaintext, enc: 'A256GCM' });
    order.push(tenantId);
  };
  const much = Array.from({ length: flood }, () => encryptFor('much'));
  const little = Array.from({ length: 3 }, () => encryptFor('little'));
  await Promise.all([...much, ...little]);
  const before = order.slice(0, order.lastIndexOf('little')).filter((tenant) => tenant === 'much');
  expect(before.length).toBeLessThan(flood / 2);
});
