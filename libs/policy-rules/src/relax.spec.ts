import { describe, expect, it } from 'vitest';
import { controlledActions, type PolicyDocument } from './document.js';
import { type ControlledAction, requiresTwoPeople } from './dual-control.js';
import { relaxes } from './relax.js';

const plain: PolicyDocument = { allowedAlgorithms: ['AES-256', 'EC-P256'], fipsOnly: false };
const sunset = (protectUntil?: string, processUntil?: string) => ({
  sunsets: [
    { algorithm: 'EC-P256' as const, ...(protectUntil && { protectUntil }), ...(processUntil && { processUntil }) },
  ],
});
const [early, late] = ['2028-01-01T00:00:00Z', '2030-01-01T00:00:00Z'];

/** Each row goes from the stricter policy to the laxer one. */
const relaxations: readonly (readonly [string, Partial<PolicyDocument>, Partial<PolicyDocument>])[] = [
  ['one more algorithm', {}, { allowedAlgorithms: ['AES-256', 'EC-P256', 'RSA-2048'] }],
  ['FIPS-only off', { fipsOnly: true }, {}],
  ['FIPS-only for algorithms off', { fipsOnly: 'algorithm' }, {}],
  ['FIPS-only without the module', { fipsOnly: 'module' }, { fipsOnly: true }],
  ['FIPS-only for algorithms alone', { fipsOnly: 'module' }, { fipsOnly: 'algorithm' }],
  ['CNSA 2.0 off', { cnsa2: true }, { cnsa2: false }],
  ['less strength', { minimumStrength: 128 }, { minimumStrength: 112 }],
  ['no strength', { minimumStrength: 112 }, {}],
  ['one more purpose', { purposes: { 'EC-P256': ['sign'] } }, { purposes: { 'EC-P256': ['sign', 'encrypt'] } }],
  ['purposes without a limit', { purposes: { 'EC-P256': ['sign'] } }, { purposes: {} }],
  ['software', {}, { custody: ['token', 'wrapped', 'software'] }],
  ['the default custody', { custody: ['token'] }, {}],
  ['more content encryption', {}, { contentEncryption: ['A256GCM', 'A128GCM'] }],
  ['raw key encapsulation', {}, { rawKem: true }],
  ['data keys in plaintext', {}, { plaintextDataKeys: true }],
  ['a longer life', { maxKeyLifeDays: 30 }, { maxKeyLifeDays: 31 }],
  ['a life without end', { maxKeyLifeDays: 30 }, {}],
  ['fewer rotations', { maxRotationIntervalDays: 30 }, { maxRotationIntervalDays: 31 }],
  ['a later end of protecting', sunset(early), sunset(late)],
  ['a later end of processing', sunset(early, early), sunset(early, late)],
  ['a later end of protecting than of processing', sunset(undefined, early), sunset(late, late)],
  ['no end of processing', sunset(early, early), sunset(early)],
  ['no sunset', sunset(early), {}],
  ['fewer labels', { requiredLabels: ['owner', 'system'] }, { requiredLabels: ['system'] }],
  ['one person for an operation', { dualControl: ['destroy', 'compromise'] }, { dualControl: ['destroy'] }],
  ['one person for everything', { dualControl: ['relax-policy'] }, { dualControl: [] }],
];

describe('a policy is relaxed by', () => {
  it.each(relaxations)('%s, and not by the reverse change', (_, from, to) => {
    expect(relaxes({ ...plain, ...from }, { ...plain, ...to })).toBe(true);
    expect(relaxes({ ...plain, ...to }, { ...plain, ...from })).toBe(false);
  });

  it.each<[string, Partial<PolicyDocument>, Partial<PolicyDocument>]>([
    ['nothing', {}, {}],
    ['another word for FIPS-only', { fipsOnly: true }, { fipsOnly: 'algorithm' }],
    ['another order', { custody: ['token', 'wrapped'] }, { custody: ['wrapped', 'token'] }],
    [
      'explicit defaults',
      {},
      {
        contentEncryption: ['A256GCM'],
        custody: ['token', 'wrapped'],
        dualControl: [],
        requiredLabels: [],
        rawKem: false,
        plaintextDataKeys: false,
      },
    ],
    [
      'another form of a date',
      sunset(early),
      { sunsets: [{ algorithm: 'EC-P256', protectUntil: '2028-01-01T00:00:00.000Z' }] },
    ],
    ['fewer warnings', { sunsets: [{ algorithm: 'EC-P256', warnFrom: early }] }, {}],
    ['leaving out implied entries', { dualControl: ['destroy', 'relax-policy'] }, { dualControl: ['destroy'] }],
  ])('in neither direction by %s', (_, from, to) => {
    expect(relaxes({ ...plain, ...from }, { ...plain, ...to })).toBe(false);
    expect(relaxes({ ...plain, ...to }, { ...plain, ...from })).toBe(false);
  });

  it('one field, even if another compensates for it', () => {
    expect(relaxes({ ...plain, fipsOnly: true }, { allowedAlgorithms: [], fipsOnly: false })).toBe(true);
  });
});

describe('two people are required', () => {
  const actions: readonly ControlledAction[] = [...controlledActions, 'change-issuer'];
  it.each<[PolicyDocument['dualControl'], ControlledAction[]]>([
    [undefined, []],
    [[], []],
    [['destroy'], ['destroy', 'relax-policy', 'change-issuer']],
    [['compromise'], ['compromise', 'relax-policy', 'change-issuer']],
    [['deactivate'], ['deactivate', 'relax-policy', 'change-issuer']],
    [['change-policy'], ['change-policy', 'relax-policy', 'change-issuer']],
    [['relax-policy'], ['relax-policy', 'change-issuer']],
    [
      ['destroy', 'compromise'],
      ['destroy', 'compromise', 'relax-policy', 'change-issuer'],
    ],
  ])('with %j for %j', (dualControl, wanted) => {
    const policy = dualControl === undefined ? {} : { dualControl };
    expect(actions.filter((action) => requiresTwoPeople(policy, action))).toEqual(wanted);
  });
});
