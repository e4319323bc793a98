import { describe, expect, it } from 'vitest';
import { differences } from './difference.js';
import type { PolicyDocument } from './document.js';

const plain: PolicyDocument = { allowedAlgorithms: ['AES-256', 'EC-P256'], fipsOnly: false };
const sunset = { protectUntil: '2028-01-01T00:00:00Z' };

describe('differences', () => {
  it.each<[string, Partial<PolicyDocument>, Partial<PolicyDocument>, unknown]>([
    ['nothing', {}, {}, []],
    ['the order of a list', {}, { allowedAlgorithms: ['EC-P256', 'AES-256'] }, []],
    [
      'a list',
      {},
      { allowedAlgorithms: ['AES-256', 'RSA-3072'] },
      [{ field: 'allowedAlgorithms', added: ['RSA-3072'], removed: ['EC-P256'] }],
    ],
    ['a flag', {}, { fipsOnly: true }, [{ field: 'fipsOnly', before: false, after: true }]],
    [
      'a number that was not there',
      {},
      { minimumStrength: 128 },
      [{ field: 'minimumStrength', before: null, after: 128 }],
    ],
    [
      'what takes two people',
      { dualControl: ['destroy'] },
      { dualControl: ['compromise'] },
      [{ field: 'dualControl', added: ['compromise'], removed: ['destroy'] }],
    ],
    ['a list that is gone', { custody: ['token'] }, {}, [{ field: 'custody', before: ['token'], after: null }]],
    [
      'the purposes of one algorithm',
      { purposes: { 'EC-P256': ['sign'], 'RSA-3072': ['sign'] } },
      { purposes: { 'EC-P256': ['sign', 'encrypt'], 'RSA-3072': ['sign'] } },
      [{ field: 'purposes', algorithm: 'EC-P256', before: ['sign'], after: ['sign', 'encrypt'] }],
    ],
    [
      'a sunset',
      {},
      { sunsets: [{ algorithm: 'EC-P256', ...sunset }] },
      [{ field: 'sunsets', algorithm: 'EC-P256', before: null, after: sunset }],
    ],
  ])('name %s', (_, from, to, expected) => {
    expect(differences({ ...plain, ...from }, { ...plain, ...to })).toEqual(expected);
  });
});
