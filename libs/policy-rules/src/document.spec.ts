import { describe, expect, it } from 'vitest';
import { initialPolicy, policyDocument } from './document.js';

const plain = { allowedAlgorithms: ['AES-256'], fipsOnly: false };
const sunset = { algorithm: 'AES-256', protectUntil: '2030-01-01T00:00:00Z' };

describe('a policy document', () => {
  it.each([
    ['an algorithm twice', { allowedAlgorithms: ['AES-256', 'AES-256'], fipsOnly: false }],
    ['an algorithm nobody knows', { allowedAlgorithms: ['ROT13'], fipsOnly: false }],
    ['an algorithm in other letters', { allowedAlgorithms: ['aes-256'], fipsOnly: false }],
    ['no algorithms', { fipsOnly: false }],
    ['no FIPS flag', { allowedAlgorithms: [] }],
    ['a FIPS flag in words', { allowedAlgorithms: [], fipsOnly: 'true' }],
    ['more than it has', { ...plain, cnsa: true }],
    ['a strength nobody has', { ...plain, minimumStrength: 80 }],
    ['purposes of an algorithm nobody knows', { ...plain, purposes: { ROT13: ['sign'] } }],
    ['a purpose that its algorithm does not have', { ...plain, purposes: { 'AES-256': ['encrypt', 'sign'] } }],
    ['a purpose twice', { ...plain, purposes: { 'AES-256': ['encrypt', 'encrypt'] } }],
    ['a content encryption nobody knows', { ...plain, contentEncryption: ['A256CCM'] }],
    ['no content encryption at all', { ...plain, contentEncryption: [] }],
    ['a custody nobody knows', { ...plain, custody: ['paper'] }],
    ['a life of no days', { ...plain, maxKeyLifeDays: 0 }],
    ['half a day', { ...plain, maxRotationIntervalDays: 0.5 }],
    ['two sunsets of one algorithm', { ...plain, sunsets: [sunset, sunset] }],
    ['a source with a NUL', { ...plain, sunsets: [{ ...sunset, source: 'a\u0000b' }] }],
    ['a source with half a character', { ...plain, sunsets: [{ ...sunset, source: 'a\ud800b' }] }],
    ['a sunset without a date', { ...plain, sunsets: [{ algorithm: 'AES-256', source: 'x' }] }],
    ['a sunset without an offset', { ...plain, sunsets: [{ ...sunset, warnFrom: '2027-01-01T00:00:00' }] }],
    [
      'a sunset in the wrong order',
      {
        ...plain,
        sunsets: [{ ...sunset, warnFrom: '2028-01-01T00:00:00Z', processUntil: '2027-01-01T00:00:00Z' }],
      },
    ],
    ['two people for an unknown operation', { ...plain, dualControl: ['create'] }],
    ['two people for an operation twice', { ...plain, dualControl: ['destroy', 'destroy'] }],
    ['a label with a line break', { ...plain, requiredLabels: ['a\n'] }],
  ])('is refused with %s', (_, document) => {
    expect(policyDocument.safeParse(document).success).toBe(false);
  });

  it('is accepted unchanged, in the given order', () => {
    const document = {
      allowedAlgorithms: ['EC-P256', 'AES-256'],
      fipsOnly: true,
      cnsa2: false,
      minimumStrength: 128,
      purposes: { 'EC-P256': ['sign'] },
      custody: ['token'],
      contentEncryption: ['A256GCM', 'A128CBC-HS256'],
      maxKeyLifeDays: 730,
      maxRotationIntervalDays: 90,
      sunsets: [{ algorithm: 'EC-P256', warnFrom: '2027-01-01T00:00:00Z', source: 'Bank standard 7' }],
      requiredLabels: ['owner'],
      dualControl: ['destroy', 'compromise', 'deactivate', 'change-policy', 'relax-policy'],
    };
    expect(policyDocument.parse(document)).toEqual(document);
    expect(policyDocument.parse(initialPolicy)).toEqual(initialPolicy);
  });
});
