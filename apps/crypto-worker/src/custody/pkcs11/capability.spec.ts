import { describe, expect, it } from 'vitest';
import { Capabilities, type RunSelfTest } from './capability.js';
import { ckm, type MechanismList, mechanismFlag } from './mechanism.js';
import { profiles } from './profile.js';

const generic = profiles.find(({ name }) => name === 'generic');
const all = { flags: 0xfffff, minKeySize: 0, maxKeySize: 0 };
const passing: RunSelfTest = async ({ algs }) => Object.fromEntries(algs.map(({ alg }) => [alg, null]));

const capabilitiesOf = async (listed: MechanismList, run: RunSelfTest = passing) => {
  if (!generic) throw new Error('no profile');
  const capabilities = new Capabilities(generic, listed, run, () => undefined);
  await capabilities.start(true);
  return capabilities;
};

describe('capabilities', () => {
  it('leave out what the token does not list, without a test', async () => {
    const tested: string[] = [];
    const listed = new Map([
      [ckm.EC_KEY_PAIR_GEN, all],
      [ckm.ECDSA, all],
      [ckm.RSA_PKCS_KEY_PAIR_GEN, all],
      [ckm.RSA_PKCS, all],
    ]);
    const capabilities = await capabilitiesOf(listed, (spec) => {
      tested.push(...spec.algs.map(({ alg }) => `${spec.shape.kind}${spec.shape.bits} ${alg}`));
      return passing(spec);
    });
    expect((await capabilities.of('EC-P384', 'sign')).algs).toEqual(['ES384']);
    const rsa = await capabilities.of('RSA-4096', 'sign');
    expect(rsa.algs).toEqual(['RS256', 'RS384', 'RS512']);
    expect(rsa.excluded.map(({ alg, code }) => `${alg} ${code}`)).toEqual(
      ['PS256', 'PS384', 'PS512'].map((alg) => `${alg} token-lacks-mechanism`),
    );
    expect((await capabilities.of('AES-256', 'encrypt')).excluded.map(({ code }) => code)).toEqual([
      'token-lacks-mechanism',
      'token-lacks-mechanism',
    ]);
    expect(tested.some((test) => test.startsWith('aes') || test.includes('PS'))).toBe(false);
  });

  it('respect flags and sizes of a listed mechanism', async () => {
    const listed = new Map([
      [ckm.EC_KEY_PAIR_GEN, all],
      [ckm.ECDSA, { ...all, flags: 0xfffff & ~mechanismFlag.sign }],
      [ckm.RSA_PKCS_KEY_PAIR_GEN, { ...all, minKeySize: 2048, maxKeySize: 3072 }],
      [ckm.RSA_PKCS, all],
    ]);
    const capabilities = await capabilitiesOf(listed);
    expect((await capabilities.of('EC-P256', 'sign')).excluded).toMatchObject([{ code: 'token-lacks-mechanism' }]);
    expect((await capabilities.of('RSA-3072', 'sign')).algs).toContain('RS256');
    expect((await capabilities.of('RSA-4096', 'sign')).algs).toEqual([]);
  });

  it('answer for pairs that no algorithm has', async () => {
    expect(await (await capabilitiesOf(new Map())).of('Ed25519', 'mac')).toMatchObject({ algs: [], excluded: [] });
  });
});
