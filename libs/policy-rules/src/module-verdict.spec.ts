import { algorithmNames, algorithmOf, fipsStatus, type Purpose } from '@ankasecure/algorithm';
import { describe, expect, it } from 'vitest';
import { custodyKinds, initialPolicy, type PolicyDocument } from './document.js';
import { evaluate } from './evaluate.js';
import { configuredCertificate, type ModuleCertificate } from './module-certificate.js';
import { type HsmModule, type Verdict, verdictsOf } from './module-verdict.js';
import { type PolicyRequest, uses } from './request.js';

const [beforeSunset, atSunset] = [Date.parse('2031-07-27T23:59:59.999Z'), Date.parse('2031-07-28T00:00:00Z')];
const now = Date.parse('2026-11-30T12:00:00Z');
const keys = algorithmNames.flatMap((algorithm) =>
  (Object.keys(algorithmOf(algorithm).purposes) as Purpose[]).map((purpose) => ({ algorithm, purpose })),
);
type Keys = (typeof keys)[number];

const whole = {
  certificate: '5450',
  standard: 'FIPS 140-3',
  status: 'Active',
  sunset: '2031-07-28',
  firmware: ['7.8', '7.9'],
  asOf: '2026-11-01',
} as const;

/** What the certificate says of the keys, and the verdict that follows. */
const listings: readonly (readonly [string, Verdict['verdict'], (keys: Keys) => Partial<ModuleCertificate>])[] = [
  ['listed', 'yes', ({ algorithm }) => ({ approved: [algorithm] })],
  ['listed for this purpose', 'yes', ({ algorithm, purpose }) => ({ approved: [`${algorithm}/${purpose}`] })],
  [
    'all others listed',
    'no',
    ({ algorithm, purpose }) => ({
      approved: keys
        .filter((other) => other.algorithm !== algorithm || other.purpose !== purpose)
        .map((other) => `${other.algorithm}/${other.purpose}`),
    }),
  ],
  ['nothing listed', 'no', () => ({ approved: [] })],
  ['no list', 'unknown', () => ({})],
];

/** What becomes of the certificate, the firmware of the HSM, and the verdict that follows. */
const states: readonly (readonly [string, Verdict['verdict'], Partial<ModuleCertificate>, string, number])[] = [
  ['active', 'yes', {}, '7.9', now],
  ['active for the last moment', 'yes', {}, '7.8', beforeSunset],
  ['past its sunset', 'no', {}, '7.9', atSunset],
  ['historical', 'no', { status: 'Historical' }, '7.9', now],
  ['revoked', 'no', { status: 'Revoked' }, '7.9', now],
  ['for other firmware', 'no', {}, '7.10', now],
  ['without a sunset', 'unknown', { sunset: undefined }, '7.9', now],
  ['without firmware', 'unknown', { firmware: undefined }, '7.9', now],
];

const moduleOf = (firmware: string, ...changes: readonly object[]): HsmModule => {
  const all = Object.entries(Object.assign({ ...whole }, ...changes) as object);
  return {
    certificate: configuredCertificate.parse(Object.fromEntries(all.filter(([, value]) => value !== undefined))),
    firmware,
  };
};
const policyWith = (fipsOnly: PolicyDocument['fipsOnly']): PolicyDocument => ({
  ...initialPolicy,
  fipsOnly,
  rawKem: true,
  custody: [...custodyKinds],
});
const codesOf = (fipsOnly: PolicyDocument['fipsOnly'], request: PolicyRequest, at: number): readonly string[] => {
  const { reasons, allow } = evaluate(policyWith(fipsOnly), request, at);
  expect(allow).toBe(reasons.length === 0);
  return reasons.map(({ code }) => code);
};

describe.each(keys)('keys of $algorithm for $purpose', (these) => {
  it.each(states)('in a module whose certificate is %s, have three verdicts, which policies ask for', (...state) => {
    const [, active, change, firmware, at] = state;
    for (const [, listed, list] of listings) {
      const module = moduleOf(firmware, list(these), change);
      const { approved, source } = fipsStatus(these.algorithm, these.purpose, at);
      const verdicts = verdictsOf(these, module, at);
      expect([verdicts.approved.verdict, verdicts.listed.verdict, verdicts.active.verdict]).toEqual([
        approved ? 'yes' : 'no',
        listed,
        active,
      ]);
      expect(verdicts.approved.reason).toContain(source);
      const request = { ...these, use: 'create', custody: 'token', outsideSteps: [], module } as const;
      const ofAlgorithm = approved ? [] : ['fips-only'];
      expect(codesOf(false, request, at)).toEqual([]);
      for (const fipsOnly of [true, 'algorithm'] as const) expect(codesOf(fipsOnly, request, at)).toEqual(ofAlgorithm);
      expect(codesOf('module', request, at)).toEqual([
        ...ofAlgorithm,
        ...(listed === 'yes' ? [] : ['module-not-listed']),
        ...(active === 'yes' ? [] : ['module-not-active']),
      ]);
      // A refusal gives the reason that the verdict has, for each use.
      for (const use of uses) {
        const { reasons } = evaluate(policyWith('module'), { ...request, use }, at);
        const told = (code: string) => reasons.filter((reason) => reason.code === code).map(({ detail }) => detail);
        expect(told('module-not-listed')).toEqual(listed === 'yes' ? [] : [verdicts.listed.reason]);
        expect(told('module-not-active')).toEqual(active === 'yes' ? [] : [verdicts.active.reason]);
      }
    }
  });

  it('in a module without a certificate are in no known module', () => {
    for (const module of [undefined, { certificate: null, firmware: '7.9' }]) {
      const { listed, active } = verdictsOf(these, module, now);
      expect([listed.verdict, active.verdict]).toEqual(['unknown', 'unknown']);
      const request = {
        ...these,
        use: 'protect',
        custody: 'token',
        outsideSteps: [],
        ...(module && { module }),
      } as const;
      expect(codesOf('algorithm', request, now)).toEqual([]);
      expect(codesOf('module', request, now)).toEqual(['module-not-listed', 'module-not-active']);
    }
  });
});

describe('the sunset of a certificate', () => {
  const request = {
    algorithm: 'AES-256',
    purpose: 'encrypt',
    use: 'protect',
    custody: 'token',
    outsideSteps: [],
  } as const;
  const module = moduleOf('7.9', { approved: ['AES-256'] });
  const at = (moment: number, fipsOnly: PolicyDocument['fipsOnly'] = 'module') =>
    evaluate(policyWith(fipsOnly), { ...request, module }, moment);

  it('is warned of half a year ahead, where the policy asks for the module', () => {
    const warned = Date.parse('2031-01-27T00:00:00Z');
    expect(at(warned - 1).warnings).toEqual([]);
    expect(at(warned)).toMatchObject({
      allow: true,
      warnings: [{ code: 'certificate-ends', sunset: '2031-07-28T00:00:00.000Z' }],
      since: warned,
      until: atSunset,
    });
    expect(at(warned, 'algorithm').warnings).toEqual([]);
  });

  it('is the end of every decision that depends on it', () => {
    expect(at(now).until).toBe(Date.parse('2031-01-27T00:00:00Z'));
    expect(at(beforeSunset)).toMatchObject({ allow: true, until: atSunset });
    expect(at(atSunset)).toMatchObject({ allow: false, since: atSunset, warnings: [] });
  });
});

describe('a configured certificate', () => {
  const bare = { certificate: '4684', standard: 'FIPS 140-3', status: 'Active' };
  it.each([
    ['its number alone', {}],
    ['all of it', { ...whole, level: 3, approved: ['AES-256', 'EC-P256/sign'], source: 'csrc.nist.gov' }],
  ])('has %s', (_, members) => {
    expect(configuredCertificate.parse({ ...bare, ...members })).toEqual({ ...bare, ...members });
  });

  it.each([
    ['a list without its day', { approved: ['AES-256'] }, 'asOf'],
    ['a sunset without its day', { sunset: '2031-07-28' }, 'asOf'],
    ['a sunset that is no day', { sunset: '2031-02-30', asOf: '2026-11-01' }, 'sunset'],
    ['an algorithm that nobody knows', { approved: ['ROT13'], asOf: '2026-11-01' }, 'approved.0'],
    [
      'a purpose that its keys cannot have',
      { approved: ['AES-256', 'AES-256/sign'], asOf: '2026-11-01' },
      'approved.1',
    ],
    ['a level beyond the standard', { level: 5, asOf: '2026-11-01' }, 'level'],
    ['something else', { colour: 'blue' }, ''],
  ])('has not %s', (_, members, path) => {
    const parsed = configuredCertificate.safeParse({ ...bare, ...members });
    expect(parsed.error?.issues.map((issue) => issue.path.join('.'))).toEqual([path]);
  });
});
