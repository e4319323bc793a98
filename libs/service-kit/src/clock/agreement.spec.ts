import type { Service } from '@ankasecure/contracts';
import { describe, expect, it } from 'vitest';
import { databaseDisagreement, peerDisagreement } from './agreement.js';
import type { PeerSkew } from './peer-clocks.js';

const bound = 2_000;
const peers = (heard: Partial<Record<Service, readonly number[]>>): readonly PeerSkew[] =>
  Object.entries(heard).flatMap(([service, processes]) =>
    processes.map((aheadMs) => ({ service: service as Service, aheadMs, sound: true })),
  );

describe('a process and its database', () => {
  it.each([0, 1_999, -1_999, 2_000])('agree at %i ms', (aheadMs) => {
    expect(databaseDisagreement(aheadMs, bound)).toBeUndefined();
  });

  it('disagree past the bound, in both directions', () => {
    expect(databaseDisagreement(45_000, bound)).toBe('45.0 s ahead of the database');
    expect(databaseDisagreement(-2_001, bound)).toBe('2.0 s behind the database');
  });
});

describe('a clock that tells no time', () => {
  it.each([Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY])('disagrees: %f', (aheadMs) => {
    expect(databaseDisagreement(aheadMs, bound)).toContain('the database');
    expect(peerDisagreement(peers({ audit: [aheadMs] }), bound)).toContain('audit');
  });

  it('is named as such', () => {
    expect(databaseDisagreement(Number.NaN, bound)).toBe('told no time by the database');
  });
});

describe('a process and its peers', () => {
  it.each<[string, Partial<Record<Service, readonly number[]>>]>([
    ['no peer was heard', {}],
    ['all are within twice the bound', { policy: [3_999], audit: [-3_999] }],
    ['one of two services differs', { policy: [0], audit: [45_000] }],
    ['one of three workers differs', { 'crypto-worker': [0, 45_000, 0] }],
    ['many workers are one service', { 'crypto-worker': [45_000, 45_000, 45_000], policy: [0], audit: [0] }],
  ])('agree if %s', (_, heard) => {
    expect(peerDisagreement(peers(heard), bound)).toBeUndefined();
  });

  it('ignore a peer that disagrees with its own database', () => {
    const wrong: PeerSkew = { service: 'audit', aheadMs: 45_000, sound: false };
    expect(peerDisagreement([wrong], bound)).toBeUndefined();
    expect(peerDisagreement([wrong, ...peers({ audit: [45_000] })], bound)).toBe('45.0 s ahead of audit');
  });

  it.each<[string, Partial<Record<Service, readonly number[]>>, string]>([
    ['the only one differs', { 'crypto-worker': [-45_000] }, '45.0 s behind crypto-worker'],
    ['most workers differ', { 'crypto-worker': [0, 45_000, 45_000] }, '45.0 s ahead of crypto-worker'],
    ['two of three differ', { policy: [0], audit: [5_000], 'crypto-worker': [5_000] }, '5.0 s ahead of audit'],
  ])('disagree if %s', (_, heard, said) => {
    expect(peerDisagreement(peers(heard), bound)).toBe(said);
  });
});
