import {
  type AlgorithmName,
  algorithmNames,
  algorithmOf,
  type ContentAlg,
  contentAlgs,
  defaultPurpose,
  type Purpose,
} from '@ankasecure/algorithm';
import { describe, expect, it } from 'vitest';
import { initialPolicy, type PolicyDocument } from './document.js';
import { evaluate } from './evaluate.js';
import { type PolicyRequest, type Use, uses } from './request.js';
import { warnedOf } from './warning.js';

const now = Date.parse('2026-11-25T12:00:00Z');
const day = 86_400_000;

const request = (algorithm: AlgorithmName, over: Partial<PolicyRequest> = {}): PolicyRequest => ({
  algorithm,
  purpose: defaultPurpose(algorithm),
  use: 'protect',
  custody: 'token',
  outsideSteps: [],
  ...over,
});
const rulesOf = (change: Partial<PolicyDocument>, asked: PolicyRequest, at = now): string[] =>
  evaluate({ ...initialPolicy, ...change }, asked, at).reasons.map(({ rule }) => rule);
/** The allowed uses, in order. */
const allowed = (change: Partial<PolicyDocument>, asked: PolicyRequest, at = now): Use[] =>
  uses.filter((use) => evaluate({ ...initialPolicy, ...change }, { ...asked, use }, at).allow);

const pairs = algorithmNames.flatMap((name) =>
  (Object.keys(algorithmOf(name).purposes) as Purpose[]).map((purpose) => request(name, { purpose })),
);

describe('the policy a tenant starts with', () => {
  it('allows every key and use of the table except raw key encapsulation, without end and without warning', () => {
    for (const asked of pairs.filter(({ purpose }) => purpose !== 'encapsulate'))
      for (const use of uses)
        expect(evaluate(initialPolicy, { ...asked, use }, now)).toEqual({
          allow: true,
          rule: 'allowedAlgorithms',
          source: 'the tenant’s policy',
          reasons: [],
          warnings: [],
          since: Number.NEGATIVE_INFINITY,
          until: Number.POSITIVE_INFINITY,
        });
  });

  it('refuses keys that cannot exist', () => {
    expect(rulesOf({}, request('AES-256', { purpose: 'sign' }))).toEqual(['purposes']);
    for (const name of ['ROT13', 'toString', '__proto__'] as unknown[] as AlgorithmName[])
      expect(rulesOf({ fipsOnly: true, cnsa2: true }, request('AES-256', { algorithm: name }))).toEqual([
        'allowedAlgorithms',
        'purposes',
      ]);
  });

  it('allows raw key encapsulation only if rawKem says so, for every use', () => {
    for (const asked of pairs.filter(({ purpose }) => purpose === 'encapsulate')) {
      expect(rulesOf({}, asked)).toEqual(['rawKem']);
      expect(allowed({}, asked)).toEqual([]);
      expect(allowed({ rawKem: false }, asked)).toEqual([]);
      expect(allowed({ rawKem: true }, asked)).toEqual([...uses]);
      const released = { ...asked, outsideSteps: ['shared-secret-release'] };
      expect(rulesOf({ rawKem: true, fipsOnly: true }, released)).toEqual(['fipsOnly']);
    }
  });

  it('allows data keys in plaintext only if plaintextDataKeys says so, and never under FIPS-only', () => {
    for (const asked of pairs.filter(({ purpose }) => purpose === 'encrypt')) {
      const released = { ...asked, outsideSteps: ['data-key-release'] };
      expect(rulesOf({}, released)).toEqual(['plaintextDataKeys']);
      expect(rulesOf({ plaintextDataKeys: false }, released)).toEqual(['plaintextDataKeys']);
      expect(rulesOf({ plaintextDataKeys: true }, released)).toEqual([]);
      expect(rulesOf({ plaintextDataKeys: true, fipsOnly: true }, released)).toEqual(['fipsOnly']);
      expect(rulesOf({}, asked)).toEqual([]);
    }
  });

  it('allows no keys in software', () => {
    expect(rulesOf({}, request('AES-256', { custody: 'software' }))).toEqual(['custody']);
    expect(rulesOf({}, request('AES-256', { custody: 'wrapped' }))).toEqual([]);
  });
});

describe('a rule', () => {
  it('allowedAlgorithms refuses and names an algorithm that is not listed', () => {
    const { allow, rule, source, reasons } = evaluate(
      { allowedAlgorithms: ['AES-256'], fipsOnly: false },
      request('EC-P256'),
      now,
    );
    expect({ allow, rule, source }).toEqual({
      allow: false,
      rule: 'allowedAlgorithms',
      source: 'the tenant’s policy',
    });
    expect(reasons).toMatchObject([{ code: 'policy', detail: expect.stringContaining('EC-P256') as string }]);
  });

  it('purposes limits the algorithms that it lists', () => {
    const change = { purposes: { 'EC-P256': ['sign' as const], 'AES-128': [] } };
    expect(allowed(change, request('EC-P256', { purpose: 'sign' }))).toEqual([...uses]);
    expect(allowed(change, request('EC-P256', { purpose: 'encrypt' }))).toEqual([]);
    expect(allowed(change, request('AES-128'))).toEqual([]);
    expect(allowed(change, request('AES-256'))).toEqual([...uses]);
  });

  it('minimumStrength still allows protected data to be processed', () => {
    expect(allowed({ minimumStrength: 128 }, request('RSA-2048'))).toEqual(['process']);
    expect(allowed({ minimumStrength: 128 }, request('RSA-3072'))).toEqual([...uses]);
  });

  it('contentEncryption allows its list for encrypting, A256GCM by default, and refuses none for decrypting', () => {
    const asked = (enc: ContentAlg, use: Use = 'protect') => request('AES-256', { enc, use });
    expect(contentAlgs.filter((enc) => rulesOf({}, asked(enc)).length === 0)).toEqual(['A256GCM']);
    const contentEncryption: ContentAlg[] = ['A128CBC-HS256', 'A128GCM'];
    expect(contentAlgs.filter((enc) => rulesOf({ contentEncryption }, asked(enc)).length > 0)).toEqual([
      'A192GCM',
      'A256GCM',
      'A192CBC-HS384',
      'A256CBC-HS512',
    ]);
    expect(rulesOf({ contentEncryption }, asked('A256GCM'))).toEqual(['contentEncryption']);
    expect(rulesOf({ contentEncryption, minimumStrength: 192 }, asked('A128GCM'))).toEqual(['minimumStrength']);
    for (const enc of contentAlgs)
      expect(rulesOf({ contentEncryption, minimumStrength: 192 }, asked(enc, 'process'))).toEqual([]);
  });

  it('cnsa2 refuses content under keys of fewer than 256 bits, and FIPS-only refuses none', () => {
    const contentEncryption = [...contentAlgs];
    for (const use of ['protect', 'process'] as const) {
      const refused = (change: Partial<PolicyDocument>) =>
        contentAlgs.filter(
          (enc) => rulesOf({ contentEncryption, ...change }, request('AES-256', { enc, use })).length > 0,
        );
      expect(refused({ cnsa2: true })).toEqual(['A128GCM', 'A192GCM', 'A128CBC-HS256', 'A192CBC-HS384']);
      expect(refused({ fipsOnly: true })).toEqual([]);
    }
  });

  it('custody allows only its list', () => {
    expect(rulesOf({ custody: ['wrapped'] }, request('AES-256'))).toEqual(['custody']);
    expect(rulesOf({ custody: ['software'] }, request('AES-256', { custody: 'software' }))).toEqual([]);
  });

  it('maxKeyLifeDays ends protection on the day, even if the plan is longer', () => {
    const old = request('AES-256', { keyMadeAt: now - 30 * day });
    expect(allowed({ maxKeyLifeDays: 30 }, old, now - 1)).toEqual([...uses]);
    expect(allowed({ maxKeyLifeDays: 30 }, old)).toEqual(['process']);
    expect(rulesOf({ maxKeyLifeDays: 30 }, request('AES-256', { use: 'create', lifeDays: 31 }))).toEqual([
      'maxKeyLifeDays',
    ]);
    expect(rulesOf({ maxKeyLifeDays: 30 }, request('AES-256', { use: 'create', lifeDays: 30 }))).toEqual([]);
  });

  it('maxRotationIntervalDays limits the age of the version and the planned interval', () => {
    const old = request('AES-256', { keyMadeAt: now - 365 * day, versionMadeAt: now - 30 * day });
    expect(allowed({ maxRotationIntervalDays: 30 }, old, now - 1)).toEqual([...uses]);
    expect(allowed({ maxRotationIntervalDays: 30 }, old)).toEqual(['process']);
    expect(rulesOf({ maxRotationIntervalDays: 30 }, request('AES-256', { rotationDays: 31 }))).toEqual([
      'maxRotationIntervalDays',
    ]);
  });

  it('requiredLabels applies to new keys', () => {
    const change = { requiredLabels: ['owner', 'cost-centre'] };
    expect(allowed(change, request('AES-256'))).toEqual(['protect', 'process']);
    const { reasons } = evaluate({ ...initialPolicy, ...change }, request('AES-256', { use: 'create' }), now);
    expect(reasons[0]?.detail).toContain('owner, cost-centre');
    expect(allowed(change, request('AES-256', { labels: ['owner', 'cost-centre', 'x'] }))).toEqual([...uses]);
  });
});

describe('a sunset', () => {
  const sunset = {
    algorithm: 'EC-P256' as const,
    warnFrom: '2027-01-01T00:00:00Z',
    protectUntil: '2028-01-01T00:00:00Z',
    processUntil: '2029-01-01T00:00:00Z',
    source: 'Bank standard 7, section 3',
  };
  const policy: PolicyDocument = { ...initialPolicy, sunsets: [sunset] };
  const at = (date: string, before = 0): number => Date.parse(date) - before;

  it.each([
    ['until it warns', at(sunset.warnFrom, 1), [...uses], false, sunset.warnFrom],
    ['from its warning on', at(sunset.warnFrom), [...uses], true, sunset.protectUntil],
    ['in the last millisecond of protection', at(sunset.protectUntil, 1), [...uses], true, sunset.protectUntil],
    ['when protection has ended', at(sunset.protectUntil), ['process'], true, sunset.processUntil],
    ['in the last millisecond of all', at(sunset.processUntil, 1), ['process'], true, sunset.processUntil],
    ['when all has ended', at(sunset.processUntil), [], false, undefined],
  ] as const)('%s', (_, moment, expected, warned, until) => {
    expect(allowed(policy, request('EC-P256'), moment)).toEqual(expected);
    const decision = evaluate(policy, request('EC-P256', { use: 'process' }), moment);
    expect(decision.warnings.length > 0).toBe(warned);
    expect(decision.until).toBe(until === undefined ? Number.POSITIVE_INFINITY : Date.parse(until));
    expect(evaluate(policy, request('EC-P384'), moment)).toMatchObject({ allow: true, warnings: [] });
  });

  it('reports the end of each use', () => {
    const warningsFor = (use: Use) => evaluate(policy, request('EC-P256', { use }), at(sunset.warnFrom)).warnings;
    for (const [use, end] of [
      ['create', sunset.protectUntil],
      ['protect', sunset.protectUntil],
      ['process', sunset.processUntil],
    ] as const)
      expect(warningsFor(use)).toEqual([
        {
          code: 'algorithm-sunset',
          detail: expect.stringContaining(end) as string,
          deprecation: sunset.warnFrom,
          sunset: end,
        },
      ]);
  });

  it('names the document that requires it', () => {
    expect(evaluate(policy, request('EC-P256'), at(sunset.protectUntil))).toMatchObject({
      rule: 'sunsets',
      source: 'Bank standard 7, section 3',
      reasons: [
        {
          code: 'policy',
          detail: `The tenant’s policy does not allow EC-P256 to protect data since ${sunset.protectUntil}`,
        },
      ],
    });
  });

  it('works with any of its dates', () => {
    const only = (dates: object) => ({ sunsets: [{ algorithm: 'EC-P256' as const, ...dates }] });
    const late = at('2030-01-01T00:00:00Z');
    expect(allowed(only({ protectUntil: sunset.protectUntil }), request('EC-P256'), late)).toEqual(['process']);
    expect(allowed(only({ processUntil: sunset.processUntil }), request('EC-P256'), late)).toEqual([]);
    expect(allowed(only({ warnFrom: sunset.warnFrom }), request('EC-P256'), late)).toEqual([...uses]);
    const warned = evaluate({ ...initialPolicy, ...only({ warnFrom: sunset.warnFrom }) }, request('EC-P256'), late);
    expect(warned.warnings).toEqual([
      { code: 'algorithm-sunset', detail: 'EC-P256 is deprecated', deprecation: sunset.warnFrom },
    ]);
  });

  it('warns by default from when the policy came into force, and not about a use without an end', () => {
    const undated = {
      ...initialPolicy,
      sunsets: [{ algorithm: 'EC-P256' as const, protectUntil: sunset.protectUntil }],
    };
    const inForceFrom = new Date('2026-06-01T00:00:00.000Z');
    const policy = warnedOf(undated, inForceFrom);
    const warningsFor = (use: Use) => evaluate(policy, request('EC-P256', { use }), inForceFrom.getTime()).warnings;
    const dates = { deprecation: inForceFrom.toISOString(), sunset: sunset.protectUntil };
    expect(warningsFor('protect')).toMatchObject([{ code: 'algorithm-sunset', ...dates }]);
    expect(warningsFor('create')).toMatchObject([{ code: 'algorithm-sunset', ...dates }]);
    expect(warningsFor('process')).toEqual([]);
    expect(warnedOf({ ...initialPolicy, sunsets: [sunset] }, inForceFrom).sunsets).toEqual([sunset]);
    expect(warnedOf(initialPolicy, inForceFrom)).toBe(initialPolicy);
  });
});

describe('FIPS-only', () => {
  it('allows the whole table today, with its standards as sources', () => {
    for (const asked of pairs) {
      const decision = evaluate({ ...initialPolicy, rawKem: true, fipsOnly: true }, asked, now);
      expect(decision, asked.algorithm).toMatchObject({ allow: true, rule: 'fipsOnly' });
      expect(decision.source).toMatch(/FIPS|SP 800/);
    }
  });

  it('keeps every step and every key inside the HSM', () => {
    const outside = request('RSA-3072', { purpose: 'encrypt', outsideSteps: ['oaep-unpadding'] });
    expect(rulesOf({}, outside)).toEqual([]);
    expect(rulesOf({ fipsOnly: true }, outside)).toEqual(['fipsOnly']);
    const software = request('AES-256', { custody: 'software' });
    expect(rulesOf({ fipsOnly: true, custody: ['software'] }, software)).toEqual(['fipsOnly']);
  });

  it('ends protection with 112 bits when the table does, warns before, and still allows processing', () => {
    const end = '2031-01-01T00:00:00.000Z';
    const at2031 = Date.parse(end);
    const decision = evaluate({ ...initialPolicy, fipsOnly: true }, request('RSA-2048'), at2031 - 1);
    expect(decision).toMatchObject({ allow: true, until: at2031, warnings: [{ code: 'approval-ends', sunset: end }] });
    expect(allowed({ fipsOnly: true }, request('RSA-2048'), at2031)).toEqual(['process']);
    expect(evaluate({ ...initialPolicy, fipsOnly: true }, request('RSA-2048'), at2031)).toMatchObject({
      rule: 'fipsOnly',
      source: 'SP 800-57 part 1 r5 §5.6.3, table 4 (legacy use)',
    });
    const processing = request('RSA-2048', { use: 'process' });
    expect(evaluate({ ...initialPolicy, fipsOnly: true }, processing, now).warnings).toEqual([]);
  });
});

describe('CNSA 2.0', () => {
  it('protects with its own algorithms, and processes data of CNSA 1.0 until 2033', () => {
    expect(allowed({ cnsa2: true }, request('AES-256'))).toEqual([...uses]);
    expect(allowed({ cnsa2: true }, request('EC-P384'))).toEqual(['process']);
    expect(allowed({ cnsa2: true }, request('EC-P384'), Date.parse('2034-01-01T00:00:00Z'))).toEqual([]);
    expect(allowed({ cnsa2: true }, request('EC-P256'))).toEqual([]);
    expect(evaluate({ ...initialPolicy, cnsa2: true }, request('EC-P256'), now)).toMatchObject({
      rule: 'cnsa2',
      reasons: [{ code: 'cnsa2', detail: 'EC-P256 for sign is not in CNSA 2.0' }],
    });
  });

  it('and FIPS-only apply together, and the stricter rule is named', () => {
    expect(rulesOf({ cnsa2: true, fipsOnly: true, allowedAlgorithms: [] }, request('RSA-2048'), 2e12)).toEqual([
      'allowedAlgorithms',
      'fipsOnly',
      'cnsa2',
    ]);
    expect(evaluate({ ...initialPolicy, cnsa2: true, fipsOnly: true }, request('AES-256'), now).rule).toBe('cnsa2');
  });
});
