import { joseAlgs, type KemAlg, mlKemSets } from '@ankasecure/algorithm';
import { AnkaError, type listAlgorithms } from '@ankasecure/contracts';
import { initialPolicy } from '@ankasecure/policy-rules';
import { behindShim, enterToken, listeningLogger } from '@ankasecure/testing';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import type { z } from 'zod';
import { CustodyByKind } from '../custody/assembly/custody-by-kind.js';
import { inTime } from '../custody/custody.conformance.js';
import type { Partition } from '../custody/partition.js';
import { chooseProfile } from '../custody/pkcs11/profile/profile.js';
import { openBothCustodies } from '../custody/pkcs11/wrapped-custody.js';
import { SoftwareCustody } from '../custody/software/software-custody.js';
import {
  fewAlgorithms,
  lacksOf,
  partitionAs,
  triedLimits,
  type VendorName,
  vendorNames,
} from '../custody/testing/vendor-limit.js';
import { planCreation } from '../making/plan-creation.js';
import { runWithoutHsm } from '../operation/without-hsm.js';
import { contextOf, ownClock } from '../testing/worker-database.js';
import { type EnforcedPolicies, enforcedPolicy } from './enforced-policy.js';
import { ListAlgorithm } from './list-algorithm.js';

const { token, shim, remove } = behindShim(enterToken());
afterAll(remove);

type Item = z.infer<typeof listAlgorithms.reply>['items'][number];
const policy = enforcedPolicy(1, { ...initialPolicy, rawKem: true }, ownClock);
const policies = { latest: async () => policy } as unknown as EnforcedPolicies;
const context = () => ({ ...contextOf('00000000-0000-4000-8000-000000000000'), deadline: inTime().deadline });

/** A token whose quick self-tests have run, and which nobody asks anything in the background. */
const open = async (profile: VendorName): Promise<CustodyByKind> => {
  shim.limit(triedLimits(profile, token.name));
  const partition = partitionAs(profile, token, shim.libraryPath);
  const tuning = { longSelfTests: false, healthMs: 3_600_000, hangMs: 60_000, retestFirstMs: 3_600_000 };
  const { token: objects, wrapped, vault } = await openBothCustodies(partition, listeningLogger(), { tuning });
  return new CustodyByKind(objects, wrapped, new SoftwareCustody(vault));
};

let custody: CustodyByKind | undefined;
afterEach(() => custody?.close());

const itemsOf = async (from: CustodyByKind): Promise<readonly Item[]> => {
  const { items } = await new ListAlgorithm(from, policies, { name: 'default', hsm: {} } as Partition).list(context());
  return items.filter(({ algorithm }) => fewAlgorithms.includes(algorithm));
};

/** Keys for wrap and for raw ML-KEM have one algorithm, which no request names. */
const isUnnamed = (alg: Item['algs'][number]): alg is 'AES-KWP' | KemAlg =>
  alg === 'AES-KWP' || (mlKemSets as readonly string[]).includes(alg);

/** The words in which a key is refused, before the token is called; undefined if it would be asked to make the key. */
const refusalOf = async (
  from: CustodyByKind,
  { algorithm, purpose }: Item,
  alg: Item['algs'][number],
  place: 'token' | 'wrapped',
): Promise<string | undefined> => {
  const source = { operation: 'key.create', details: {}, prepare: async () => ({}) as never } as const;
  const named = isUnnamed(alg) ? {} : { alg };
  const request = { algorithm, purpose, ...named, custody: place, label: 'x', purgeProtection: false };
  try {
    await runWithoutHsm(from, (stopped) =>
      planCreation(stopped, async () => undefined, context(), { request, policy, source }),
    );
    return undefined;
  } catch (error) {
    if (error instanceof AnkaError && error.code === 'algorithm-unavailable') return error.message;
    throw error;
  }
};

describe.each(vendorNames)('GET /algorithms as %s', (vendor) => {
  const lacks = lacksOf(vendor, chooseProfile(vendor, []), token.name);
  const places = ['token', 'wrapped'] as const;

  it('offers what the custody does, and gives a reason for everything else, by which a key is refused without the HSM', async () => {
    custody = await open(vendor);
    // Self-tests of slow keys, and those of wrapped keys, run when they are needed.
    for (const { algorithm, purpose } of await itemsOf(custody))
      for (const place of places) await custody.capability(inTime(120_000), algorithm, purpose, place);
    const items = await itemsOf(custody);
    expect(items.length).toBeGreaterThan(fewAlgorithms.length);
    // No self-test is left to run, so a refusal needs none.
    const pending = items.flatMap(({ reasons }) => reasons.filter(({ code }) => code === 'self-test-pending'));
    expect(pending).toEqual([]);
    for (const item of items)
      for (const alg of joseAlgs(item.algorithm, item.purpose))
        for (const place of places) {
          const about = `${item.algorithm} ${item.purpose} ${alg} ${place}`;
          const isLacking = lacks[place].includes(alg);
          const told = item.reasons.filter(({ detail }) => detail.startsWith(alg) && detail.includes(': '));
          const isOffered = item.algs.includes(alg) && item.custodies.includes(place);
          const refusal = await refusalOf(custody, item, alg, place);
          if (place === 'token') expect(item.algs.includes(alg), about).toBe(!isLacking);
          if (!isLacking) expect([isOffered, refusal], about).toEqual([true, undefined]);
          else {
            const why = told.map(({ detail }) => detail.slice(detail.indexOf(': ') + 2));
            expect(
              why.some((detail) => refusal?.includes(detail)),
              `${about}: ${refusal} ${why.join()}`,
            ).toBe(true);
          }
        }
  });
});
