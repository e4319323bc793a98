import { algorithmNames, algorithmOf, joseAlgs, type Purpose } from '@ankasecure/algorithm';
import { initialPolicy, type ModuleCertificate, type PolicyDocument, verdictsOf } from '@ankasecure/policy-rules';
import { describe, expect, it } from 'vitest';
import { CertifiedModule } from '../custody/certified-module.js';
import type { Capability, Custody } from '../custody/custody.js';
import { Partition, pkcs11Section } from '../custody/partition.js';
import { failureOf } from '../jose/testing/failure.js';
import { type EnforcedPolicies, enforcedPolicy } from '../policy/enforced-policy.js';
import { ListAlgorithm } from '../policy/list-algorithm.js';
import { isMadeHere } from '../policy/made-here.js';
import { contextOf } from '../testing/worker-database.js';
import { planCreation } from './plan-creation.js';

const now = Date.parse('2026-11-30T12:00:00Z');
const keys = algorithmNames.flatMap((algorithm) =>
  (Object.keys(algorithmOf(algorithm).purposes) as Purpose[]).map((purpose) => ({ algorithm, purpose })),
);

const known = (algorithm: Capability['algorithm'], purpose: Purpose): Capability => ({
  algorithm,
  purpose,
  algs: joseAlgs(algorithm, purpose),
  excluded: [],
  outsideSteps: [],
});
/** A token that does everything, by what is known of it. It has no other member, so that a call of it fails the test. */
const custody = {
  kind: 'token',
  token: { label: 't', serial: 's', manufacturer: 'm', model: 'm', firmware: '7.9', profile: 'luna' },
  known,
  capabilities: () => keys.map(({ algorithm, purpose }) => known(algorithm, purpose)),
} as unknown as Custody;
const untouched = {
  prepare: () => expect.unreachable('the token would be asked'),
} as unknown as Parameters<typeof planCreation>[3]['source'];

const certificate = { certificate: '5450', standard: 'FIPS 140-3', status: 'Active', asOf: '2026-11-01' };
const certificates: readonly (readonly [string, ModuleCertificate | undefined])[] = [
  ['no certificate', undefined],
  ['the number of a certificate', { certificate: '5450', standard: 'FIPS 140-3', status: 'Active' }],
  ['a certificate that lists nothing', { ...certificate, approved: [], firmware: ['7.9'], sunset: '2031-07-28' }],
  [
    'a certificate that lists half of all algorithms',
    {
      ...certificate,
      approved: algorithmNames.filter((_, index) => index % 2 === 0),
      firmware: ['7.9'],
      sunset: '2031-07-28',
    },
  ],
  [
    'a certificate for other firmware',
    { ...certificate, approved: [...algorithmNames], firmware: ['7.8'], sunset: '2031-07-28' },
  ],
  [
    'a certificate that is historical',
    { ...certificate, approved: [...algorithmNames], firmware: ['7.9'], sunset: '2026-11-30' },
  ],
];

describe.each(certificates)('an HSM with %s', (_, cmvp) => {
  const partition = new Partition('default', pkcs11Section.parse({ libraryPath: 'none', pin: 'none', cmvp }));
  const certified = new CertifiedModule(partition, custody);

  it.each<PolicyDocument['fipsOnly']>([false, true, 'algorithm', 'module'])(
    'under fipsOnly %s lists every algorithm with its verdicts, and refuses a key for the reasons listed, before the token is called',
    async (fipsOnly) => {
      const policy = enforcedPolicy(1, { ...initialPolicy, fipsOnly, rawKem: true }, { now: () => now }, certified);
      const policies = { latest: async () => policy } as unknown as EnforcedPolicies;
      const { items, hsm, ...listed } = await new ListAlgorithm(custody, policies, partition).list(contextOf('t'));
      expect(hsm.cmvp).toEqual(cmvp ?? null);
      expect(listed.fipsOnly).toBe(fipsOnly);
      expect(items.map(({ algorithm, purpose }) => ({ algorithm, purpose }))).toEqual(keys);
      for (const row of items.filter(({ purpose }) => isMadeHere(purpose))) {
        const { algorithm, purpose, verdicts, reasons, available } = row;
        expect(verdicts).toEqual(verdictsOf(row, certified.get(), now));
        const isCertified = [verdicts.listed, verdicts.active].every(({ verdict }) => verdict === 'yes');
        if (fipsOnly === 'module' && !isCertified) expect(available).toBe(false);
        if (available) continue;
        const request = { algorithm, purpose, label: 'x', purgeProtection: false };
        const plan = () =>
          planCreation(custody, () => Promise.resolve(), contextOf('t'), { request, policy, source: untouched });
        const refused = await failureOf(plan);
        expect(refused).toMatchObject({ code: 'policy-refused', refusal: { rule: 'fipsOnly', reasons } });
      }
    },
  );
});
