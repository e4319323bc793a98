import { describe, expect, it } from 'vitest';
import { ckm, type MechanismInfo } from '../cryptoki/mechanism.js';
import { candidatesFor, differencesOf } from './fit.js';
import { chooseProfile } from './profile.js';

const listing = (...mechanisms: readonly number[]) =>
  new Map<number, MechanismInfo>(mechanisms.map((number) => [number, { flags: 0, minKeySize: 0, maxKeySize: 0 }]));
const all = listing(ckm.AES_GCM, ckm.AES_KEY_WRAP, ckm.AES_KEY_WRAP_KWP);
const bestOf = (...[signs]: Parameters<typeof candidatesFor>) => candidatesFor(signs)[0]?.profile.name;

describe('the profile that fits a token', () => {
  it.each([
    ['/opt/cloudhsm/lib/libcloudhsm_pkcs11.so', 'cloudhsm'],
    ['/usr/safenet/lunaclient/lib/libCryptoki2_64.so', 'luna'],
    ['libcknfast.so', 'nshield'],
    ['a vendor that nobody knows', 'generic'],
  ])('is recognised by the names of %s: %s', (clue, name) => {
    expect(bestOf({ clues: [clue], listed: all })).toBe(name);
  });

  it('is found by what the token does if no name says it', () => {
    const passed = new Map([
      ['luna', ['its AES-GCM works', 'its AES key wrap works']],
      ['generic', ['its AES key wrap works']],
    ]);
    expect(bestOf({ clues: ['a new name'], listed: all, passed })).toBe('luna');
  });

  it('names the mechanisms that the token lacks, and the settings that differ', () => {
    const google = candidatesFor({ clues: [], listed: all }).find(({ profile }) => profile.name === 'google');
    expect(google?.lacks).toEqual(['AES-GCM']);
    const rows = differencesOf(chooseProfile('google', []), chooseProfile('nshield', []));
    expect(rows).toContainEqual({ property: 'createObject', used: 'false', fits: 'true' });
    expect(rows.map(({ property }) => property)).not.toContain('notes');
    expect(differencesOf(chooseProfile('luna', []), chooseProfile('azure-dedicated', []))).toEqual([]);
  });
});
