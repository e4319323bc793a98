import { describe, expect, it } from 'vitest';
import type { Capability, Custody } from '../custody/custody.js';
import { obstacleTo } from './obstacle.js';

const about = { algorithm: 'Ed25519', purpose: 'sign', outsideSteps: [] } as const;
const able: Capability = { ...about, algs: ['EdDSA'], excluded: [] };
const unable = (code: Capability['excluded'][number]['code']): Capability => ({
  ...about,
  algs: [],
  excluded: [{ alg: 'EdDSA', code, detail: 'not now' }],
});
const codeOf = (token: Capability, place: 'token' | 'software' = 'token', use: 'create' | 'protect' = 'create') => {
  const custody = { known: (_a, _p, of) => (of === 'software' ? able : token) } satisfies Pick<Custody, 'known'>;
  return obstacleTo(custody, { algorithm: 'Ed25519', purpose: 'sign', use, custody: place })?.code;
};

describe('the obstacle to a call that no policy forbids', () => {
  it.each([
    ['nothing', able, undefined],
    ['a mechanism that is missing', unable('token-lacks-mechanism'), 'algorithm-unavailable'],
    ['a self-test that failed', unable('self-test-failed'), 'algorithm-unavailable'],
    ['nothing while a self-test is pending', unable('self-test-pending'), undefined],
  ])('is, for a creation in the token, %s', (_, token, code) => {
    expect(codeOf(token)).toBe(code);
    expect(codeOf(token, 'token', 'protect'), 'not asked of keys there are').toBeUndefined();
  });

  it.each([
    ['the token supports it', able, 'algorithm-unavailable'],
    ['the token may support it again', unable('self-test-failed'), 'algorithm-unavailable'],
    ['the token has no mechanism for it', unable('token-lacks-mechanism'), undefined],
  ])('is, for a creation in software, that %s', (_, token, code) => {
    expect(codeOf(token, 'software')).toBe(code);
  });
});
