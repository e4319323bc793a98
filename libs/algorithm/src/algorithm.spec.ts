import { describe, expect, it } from 'vitest';
import { algorithmNames, algorithmOf, algorithms, defaultPurpose, joseAlgs, mayWrap } from './algorithm.js';
import { hashBytes, jweAlgs, jwsAlgs, signatureSchemes } from './jose.js';
import { algorithmKinds } from './kind.js';
import { mlKemSets } from './parameter-set.js';

describe('the algorithm table', () => {
  it('covers every JOSE algorithm, AES-KWP and raw ML-KEM, and no others', () => {
    const reached = algorithmNames.flatMap((name) => Object.values(algorithmOf(name).purposes).flat());
    expect(new Set(reached)).toEqual(new Set([...jwsAlgs, ...jweAlgs, ...mlKemSets, 'AES-KWP']));
  });

  it.each(algorithmNames)('%s has a purpose and a strength', (name) => {
    const row = algorithmOf(name);
    expect(joseAlgs(name, defaultPurpose(name)).length).toBeGreaterThan(0);
    expect(row.strength).toBeGreaterThanOrEqual(112);
  });

  it.each(algorithmNames)('%s is used with algorithms of its kind only', (name) => {
    const { kind, purposes } = algorithmOf(name);
    expect(Object.keys(algorithmKinds[kind])).toEqual(Object.keys(purposes));
    expect(Object.values(algorithmKinds[kind]).flat()).toEqual(expect.arrayContaining(Object.values(purposes).flat()));
  });

  it('never lets one key both sign and MAC, or a secret key sign', () => {
    for (const [name, { kind, purposes }] of Object.entries(algorithms)) {
      expect(Object.keys(purposes), name).not.toEqual(expect.arrayContaining(['sign', 'mac']));
      if (kind === 'aes' || kind === 'hmac') expect(purposes, name).not.toHaveProperty('sign');
    }
  });

  it('binds each ECDSA curve to its one hash (RFC 7518 §3.4)', () => {
    const hashOf = (name: 'EC-P256' | 'EC-P384' | 'EC-P521') =>
      signatureSchemes[algorithms[name].purposes.sign?.[0] ?? 'RS256'].hash;
    expect([hashOf('EC-P256'), hashOf('EC-P384'), hashOf('EC-P521')]).toEqual(['sha256', 'sha384', 'sha512']);
  });

  it('does not allow a weaker key to wrap a key (SP 800-57 part 1 r5 §5.6.2)', () => {
    expect(algorithmNames.filter((name) => mayWrap('AES-128', name))).toEqual([
      'RSA-2048',
      'RSA-3072',
      'EC-P256',
      'Ed25519',
      'AES-128',
      'ML-DSA-44',
      'SLH-DSA-SHA2-128s',
      'SLH-DSA-SHAKE-128s',
      'SLH-DSA-SHA2-128f',
      'SLH-DSA-SHAKE-128f',
      'ML-KEM-512',
    ]);
    expect(algorithmNames.every((name) => mayWrap('AES-256', name))).toBe(true);
  });

  it('has no alg for a pair that does not exist', () => {
    expect(joseAlgs('AES-256', 'sign')).toEqual([]);
    expect(hashBytes).toEqual({ sha256: 32, sha384: 48, sha512: 64 });
  });
});
