import { type AlgorithmName, algorithmNames, contentAlgs, type Purpose, purposes } from '@ankasecure/algorithm';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  controlledActions,
  custodyKinds,
  fipsLevels,
  initialPolicy,
  type PolicyDocument,
  policyDocument,
  type Sunset,
} from './document.js';
import { evaluate } from './evaluate.js';
import { configuredCertificate } from './module-certificate.js';
import type { HsmModule } from './module-verdict.js';
import { relaxes } from './relax.js';
import { exists, type PolicyRequest, uses } from './request.js';

const first = Date.parse('2026-01-01T00:00:00Z');
const last = Date.parse('2036-01-01T00:00:00Z');
const day = 86_400_000;

const anyAlgorithm = fc.constantFrom(...algorithmNames);
const anyPurpose = fc.constantFrom(...purposes);
const anyMoment = fc.integer({ min: first, max: last });
const iso = (moment: number): string => new Date(moment).toISOString();
const maybe = <Value>(value: fc.Arbitrary<Value>) => fc.option(value, { nil: undefined });
const given = <Value extends object>(value: Value): Value =>
  Object.fromEntries(Object.entries(value).filter(([, content]) => content !== undefined)) as Value;

const anySunset: fc.Arbitrary<Sunset> = fc
  .record({
    algorithm: anyAlgorithm,
    dates: fc.tuple(anyMoment, anyMoment, anyMoment).map((dates) => dates.toSorted((a, b) => a - b)),
    kept: fc.tuple(fc.boolean(), fc.boolean(), fc.boolean()).filter((kept) => kept.includes(true)),
  })
  .map(({ algorithm, dates, kept }) => {
    const [warnFrom, protectUntil, processUntil] = dates.map((date, index) => (kept[index] ? iso(date) : undefined));
    return given({ algorithm, warnFrom, protectUntil, processUntil });
  });

const anyPurposes = fc
  .dictionary(anyAlgorithm, fc.uniqueArray(anyPurpose))
  .map((limits) =>
    Object.fromEntries(
      (Object.entries(limits) as [AlgorithmName, Purpose[]][]).map(([algorithm, wanted]) => [
        algorithm,
        wanted.filter((purpose) => exists({ algorithm, purpose })),
      ]),
    ),
  );

const anyPolicy = fc
  .record({
    allowedAlgorithms: fc.uniqueArray(anyAlgorithm),
    fipsOnly: fc.constantFrom(false, true, ...fipsLevels),
    cnsa2: maybe(fc.boolean()),
    minimumStrength: maybe(fc.integer({ min: 112, max: 256 })),
    purposes: maybe(anyPurposes),
    custody: maybe(fc.uniqueArray(fc.constantFrom(...custodyKinds))),
    contentEncryption: maybe(fc.uniqueArray(fc.constantFrom(...contentAlgs), { minLength: 1 })),
    maxKeyLifeDays: maybe(fc.integer({ min: 1, max: 3650 })),
    maxRotationIntervalDays: maybe(fc.integer({ min: 1, max: 3650 })),
    sunsets: maybe(fc.uniqueArray(anySunset, { selector: ({ algorithm }) => algorithm })),
    requiredLabels: maybe(fc.uniqueArray(fc.constantFrom('owner', 'system'))),
    dualControl: maybe(fc.uniqueArray(fc.constantFrom(...controlledActions))),
    rawKem: maybe(fc.boolean()),
    plaintextDataKeys: maybe(fc.boolean()),
  })
  .map((policy) => policyDocument.parse(given(policy)));

const anyDay = anyMoment.map((moment) => new Date(moment).toISOString().slice(0, 10));

const anyModule: fc.Arbitrary<HsmModule> = fc
  .record({
    certificate: fc.constant('4684'),
    standard: fc.constant('FIPS 140-3'),
    status: fc.constantFrom('Active', 'Historical'),
    sunset: maybe(anyDay),
    firmware: maybe(fc.constantFrom(['7.8'], ['7.8', '7.9'])),
    approved: maybe(fc.uniqueArray(anyAlgorithm)),
    asOf: anyDay,
  })
  .chain((certificate) =>
    fc.record({
      certificate: fc.constantFrom(null, configuredCertificate.parse(given(certificate))),
      firmware: fc.constantFrom('7.8', '7.9'),
    }),
  );

const anyRequest = fc
  .record({
    algorithm: anyAlgorithm,
    purpose: anyPurpose,
    use: fc.constantFrom(...uses),
    custody: fc.constantFrom(...custodyKinds),
    outsideSteps: fc.constantFrom([], ['oaep-unpadding']),
    module: maybe(anyModule),
    enc: maybe(fc.constantFrom(...contentAlgs)),
    keyMadeAt: maybe(anyMoment),
    versionMadeAt: maybe(anyMoment),
    lifeDays: maybe(fc.integer({ min: 1, max: 3650 })),
    rotationDays: maybe(fc.integer({ min: 1, max: 3650 })),
    labels: maybe(fc.uniqueArray(fc.constantFrom('owner', 'system'))),
  })
  .map((request) => given(request) as PolicyRequest);

/** Changes that restrict a policy. */
const anyRestriction: fc.Arbitrary<(policy: PolicyDocument) => PolicyDocument> = fc.oneof(
  anyAlgorithm.map((dropped) => (policy: PolicyDocument) => ({
    ...policy,
    allowedAlgorithms: policy.allowedAlgorithms.filter((name) => name !== dropped),
  })),
  fc.constantFrom(true, ...fipsLevels).map((level) => (policy: PolicyDocument) => ({
    ...policy,
    fipsOnly: policy.fipsOnly === 'module' ? policy.fipsOnly : level,
  })),
  fc.constant((policy: PolicyDocument) => ({ ...policy, cnsa2: true })),
  fc.constant((policy: PolicyDocument) => ({ ...policy, rawKem: false })),
  fc.constant((policy: PolicyDocument) => ({ ...policy, plaintextDataKeys: false })),
  fc.integer({ min: 0, max: 144 }).map((more) => (policy: PolicyDocument) => ({
    ...policy,
    minimumStrength: Math.min(256, (policy.minimumStrength ?? 112) + more),
  })),
  fc.tuple(anyAlgorithm, anyPurpose).map(([algorithm, dropped]) => (policy: PolicyDocument) => ({
    ...policy,
    purposes: {
      ...policy.purposes,
      [algorithm]: (policy.purposes?.[algorithm] ?? purposes).filter((one) => one !== dropped),
    },
  })),
  fc.constantFrom(...custodyKinds).map((dropped) => (policy: PolicyDocument) => ({
    ...policy,
    custody: (policy.custody ?? ['token', 'wrapped']).filter((kind) => kind !== dropped),
  })),
  fc.constant((policy: PolicyDocument) => {
    const [kept = 'A256GCM'] = policy.contentEncryption ?? [];
    return { ...policy, contentEncryption: [kept] };
  }),
  fc.integer({ min: 1, max: 3650 }).map((days) => (policy: PolicyDocument) => ({
    ...policy,
    maxKeyLifeDays: Math.min(days, policy.maxKeyLifeDays ?? days),
    maxRotationIntervalDays: Math.min(days, policy.maxRotationIntervalDays ?? days),
  })),
  anySunset.map((sunset) => (policy: PolicyDocument) => {
    const others = policy.sunsets ?? [];
    return others.some(({ algorithm }) => algorithm === sunset.algorithm)
      ? policy
      : { ...policy, sunsets: [...others, sunset] };
  }),
  fc.constant((policy: PolicyDocument) => ({ ...policy, requiredLabels: ['owner', 'system'] })),
  fc.constantFrom(...controlledActions).map((action) => (policy: PolicyDocument) => ({
    ...policy,
    dualControl: [...new Set([...(policy.dualControl ?? []), action])],
  })),
);

/** A policy that allows everything, so that only the changed field decides. */
const everything: PolicyDocument = {
  ...initialPolicy,
  custody: [...custodyKinds],
  contentEncryption: [...contentAlgs],
  rawKem: true,
  plaintextDataKeys: true,
};

/** One field with the values of two policies. */
const anyChange = fc
  .record({ one: anyPolicy, other: anyPolicy, field: fc.constantFrom(...policyDocument.keyof().options) })
  .map(({ one, other, field }) => {
    const [from, to] = [one, other].map((policy) =>
      given({ ...everything, [field]: policy[field] ?? everything[field] }),
    );
    return { from: policyDocument.parse(from), to: policyDocument.parse(to) };
  });

describe('for any policy, request and time, a decision', () => {
  it('allows a use exactly if there is no reason against it, and names a rule and its source', () => {
    fc.assert(
      fc.property(anyPolicy, anyRequest, anyMoment, (policy, asked, now) => {
        const { allow, rule, source, reasons } = evaluate(policy, asked, now);
        expect(allow).toBe(reasons.length === 0);
        expect(source).not.toBe('');
        if (!allow) expect(reasons[0]).toMatchObject({ rule, source });
      }),
    );
  });

  it('never allows more when the policy gets stricter', () => {
    fc.assert(
      fc.property(anyPolicy, anyRestriction, anyRequest, anyMoment, (policy, restrict, asked, now) => {
        if (!evaluate(policy, asked, now).allow) expect(evaluate(restrict(policy), asked, now).allow).toBe(false);
      }),
      { numRuns: 1000 },
    );
  });

  it('remains a refusal under every policy that does not relax the one before', () => {
    fc.assert(
      fc.property(anyChange, anyRequest.filter(exists), anyMoment, ({ from, to }, asked, now) => {
        if (relaxes(from, to) || evaluate(from, asked, now).allow) return;
        expect(evaluate(to, asked, now).allow).toBe(false);
      }),
      { numRuns: 5000 },
    );
  });

  it('never allows less for processing than for protecting, or for protecting than for making keys', () => {
    fc.assert(
      fc.property(anyPolicy, anyRequest, anyMoment, (policy, asked, now) => {
        const [create, protect, process] = uses.map((use) => evaluate(policy, { ...asked, use }, now).allow);
        expect([create && !protect, protect && !process]).toEqual([false, false]);
      }),
    );
  });

  it('holds from the time and until the time that it names, and an ended use is never allowed again', () => {
    fc.assert(
      fc.property(anyPolicy, anyRequest, anyMoment, fc.nat(), (policy, asked, now, later) => {
        const decision = evaluate(policy, asked, now);
        const span = Math.min(decision.until, now + 3650 * day) - now;
        expect(evaluate(policy, asked, now + (later % span))).toEqual(decision);
        if (Number.isFinite(decision.since)) expect(evaluate(policy, asked, decision.since)).toEqual(decision);
        if (!decision.allow) expect(evaluate(policy, asked, now + later).allow).toBe(false);
      }),
    );
  });

  it('is a refusal for keys that cannot exist', () => {
    fc.assert(
      fc.property(anyPolicy, anyRequest, anyMoment, (policy, asked, now) => {
        if (!exists(asked)) expect(evaluate(policy, asked, now).allow).toBe(false);
      }),
    );
  });

  it('under a new tenant’s policy allows all possible keys in the HSM whose secrets stay there', () => {
    fc.assert(
      fc.property(anyRequest, anyMoment, fc.boolean(), (asked, now, fipsOnly) => {
        const { allow } = evaluate({ ...initialPolicy, fipsOnly }, asked, Math.min(now, Date.parse('2030-12-31')));
        const outside = ['software', 'public'].includes(asked.custody) || (fipsOnly && asked.outsideSteps.length > 0);
        const otherContent = asked.use !== 'process' && (asked.enc ?? 'A256GCM') !== 'A256GCM';
        const raw = asked.purpose === 'encapsulate';
        expect(allow).toBe(exists(asked) && !outside && !otherContent && !raw);
      }),
    );
  });
});

describe('any policy', () => {
  it('is not relaxed by a restriction', () => {
    fc.assert(
      fc.property(anyPolicy, anyRestriction, (policy, restrict) => {
        expect(relaxes(policy, restrict(policy))).toBe(false);
      }),
    );
  });
});
