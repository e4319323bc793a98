import { behindShim, enterToken, listeningLogger } from '@ankasecure/testing';
import { afterAll, describe, expect, it } from 'vitest';
import { custodyConformance } from '../custody.conformance.js';
import { keepingBlobs, wrappingBy } from '../testing/keeping-blobs.js';
import {
  fewAlgorithms,
  lacksOf,
  partitionAs,
  triedLimits,
  triesAll,
  type VendorName,
  vendorNames,
  vendors,
} from '../testing/vendor-limit.js';
import { chooseProfile, profiles } from './profile/profile.js';
import { openBothCustodies } from './wrapped-custody.js';

const { token, shim, remove } = behindShim(enterToken());
afterAll(remove);

/** kryoptic stands still while it makes a key, which no vendor's profile says. */
const tuning = { longSelfTests: triesAll, hangMs: 60_000, showMs: 50 };
const onlyFew = triesAll ? {} : { only: fewAlgorithms };

const open = (profile: VendorName) => {
  shim.limit(triedLimits(profile, token.name));
  const partition = partitionAs(profile, token, shim.libraryPath);
  return openBothCustodies(partition, listeningLogger(), { tuning });
};

describe('the table of vendors', () => {
  it('has a row for every profile that no test runs on as it is', () => {
    const documented = profiles.filter(({ evidence }) => evidence === 'documented').map(({ name }) => name);
    expect([...vendorNames].sort()).toEqual(documented.sort());
  });

  it.each(vendorNames)('%s: each limit has a source, and none is given twice', (vendor) => {
    const given = vendors[vendor].limits.flatMap(({ limits }) => Object.keys(limits));
    expect(given).toEqual([...new Set(given)]);
    for (const { source } of vendors[vendor].limits) expect(source).toMatch(/^(assumed$|\w+, )/);
  });
});

describe.each(vendorNames)('as %s', (vendor) => {
  const { refuses = [] } = vendors[vendor];
  const lacks = lacksOf(vendor, chooseProfile(vendor, []), token.name);

  custodyConformance(`objects of the token, ${token.name} behind the shim`, {
    ...onlyFew,
    open: async () => (await open(vendor)).token,
    lacks: lacks.token,
    refuses,
  });

  if (refuses.includes('platform')) return;
  custodyConformance(`wrapped by a KEK, ${token.name} behind the shim`, {
    ...onlyFew,
    open: async () => {
      const { wrapped } = await open(vendor);
      return keepingBlobs(wrapped, await wrappingBy(wrapped));
    },
    lacks: lacks.wrapped,
    refuses,
  });
});
