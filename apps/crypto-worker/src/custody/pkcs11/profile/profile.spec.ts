import { describe, expect, it } from 'vitest';
import { ckm } from '../cryptoki/mechanism.js';
import { platformShapes } from '../job/key-shape.js';
import { keyTemplate, mechanismsOf } from '../kind/template.js';
import { chooseProfile, profiles, settleProfile } from './profile.js';

const listed = (...mechanisms: number[]) =>
  new Map(mechanisms.map((number) => [number, { flags: 0, minKeySize: 0, maxKeySize: 0 }]));

describe('vendor profiles', () => {
  it.each([
    [['/usr/lib/softhsm/libsofthsm2.so', 'SoftHSM project', 'SoftHSM v2'], 'softhsm'],
    [['/opt/k/libkryoptic_pkcs11.so', 'Kryoptic', 'v1'], 'kryoptic'],
    [['/usr/safenet/lunaclient/lib/libCryptoki2_64.so', 'SafeNet', 'LunaSA 7'], 'luna'],
    [['/opt/nfast/toolkits/pkcs11/libcknfast.so', 'nCipher', ''], 'nshield'],
    [['/opt/cloudhsm/lib/libcloudhsm_pkcs11.so', 'Marvell Semiconductors', ''], 'cloudhsm'],
    [['/opt/azurecloudhsm/lib64/libazcloudhsm_pkcs11.so', 'Marvell Semiconductors', ''], 'azure-cloud'],
    [['/usr/lib/libkmsp11.so', 'Google', 'Cloud KMS Token'], 'google'],
    [['/usr/lib/other.so', 'Somebody', 'Something'], 'generic'],
  ])('recognises %j as %s', (clues, name) => {
    expect(chooseProfile(undefined, clues).name).toBe(name);
  });

  it('prefers the configured profile, and refuses unknown names', () => {
    expect(chooseProfile('azure-dedicated', ['softhsm']).name).toBe('azure-dedicated');
    expect(() => chooseProfile('acme', [])).toThrow(/softhsm, kryoptic, luna/);
  });

  it("chooses the number of AES key wrap with padding from the token's list", () => {
    const kryoptic = chooseProfile('kryoptic', []);
    const softhsm = chooseProfile('softhsm', []);
    expect(settleProfile(kryoptic, listed(0x210a, 0x210b)).kekWrap).toEqual([ckm.AES_KEY_WRAP_KWP]);
    expect(settleProfile(softhsm, listed(0x2109, 0x210a)).kekWrap).toEqual([ckm.AES_KEY_WRAP_PAD]);
    expect(settleProfile(chooseProfile('google', []), listed(0x210a, 0x210b)).kekWrap).toEqual([]);
  });

  it.each(profiles.map((profile) => [profile.name, profile] as const))(
    '%s: a KEK wraps and unwraps, by one mechanism at most',
    (_name, profile) => {
      const settled = settleProfile(profile, listed(...profile.kekWrap));
      expect(mechanismsOf(platformShapes.kek, settled).length).toBeLessThanOrEqual(1);
      const template = keyTemplate(platformShapes.kek, { id: Buffer.alloc(16), label: 'k', as: 'token' }, settled);
      const granted = template
        .filter(({ type, value }) => type >= 0x104 && type <= 0x10c && value === true)
        .map(({ type }) => type);
      expect(granted).toEqual([0x106, 0x107]);
    },
  );

  it('treats no unknown token as certified, and marks only tested tokens as run', () => {
    expect(profiles.filter(({ development }) => development).map(({ name }) => name)).toEqual(['softhsm', 'kryoptic']);
    expect(profiles.filter(({ evidence }) => evidence === 'run').map(({ name }) => name)).toEqual([
      'softhsm',
      'kryoptic',
    ]);
  });
});
