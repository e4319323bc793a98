import { symlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { behindShim, enterKryopticToken } from '@ankasecure/testing';
import { afterAll, describe, expect, it } from 'vitest';
import { chooseProfile } from '../custody/pkcs11/profile/profile.js';
import { partitionAs, triedLimits, type VendorName, vendorNames } from '../custody/testing/vendor-limit.js';
import { examined, objectsOf } from './testing/doctor-run.js';

/** Every algorithm that any vendor has works on this token, so that what fails is the profile's fault. */
const { token, shim, remove } = behindShim(enterKryopticToken());
afterAll(remove);

/** Quick keys of each kind and custody. */
const some = ['--only', 'EC-P256,Ed25519,AES-256,HMAC-SHA256,ML-DSA-44,kek,blob-mac,audit-mac,token-signing'];
/** Enough to log in and to try the profiles. */
const few = ['--only', 'HMAC-SHA256'];

/** The shim under the name of the vendor's library, by which tokens of some vendors are recognised. */
const libraryOf = (vendor: VendorName): string => {
  const name = /lib\w+\.so/.exec(chooseProfile(vendor, []).library)?.[0];
  if (name === undefined) return shim.libraryPath;
  const path = join(dirname(shim.libraryPath), name);
  // Two profiles are of one library.
  symlinkSync(shim.libraryPath, `${path}.${vendor}`);
  return `${path}.${vendor}`;
};

/** Azure Dedicated HSM is a Luna, and calls itself one. */
const fits = (vendor: VendorName) => (vendor === 'azure-dedicated' ? 'luna' : vendor);

describe.each(vendorNames)('hsm doctor on a token that behaves as %s', (vendor) => {
  const library = libraryOf(vendor);
  const before = objectsOf(token);
  const run = (profile: string, args: readonly string[]) => {
    shim.limit(triedLimits(vendor, token.name));
    const { pin } = partitionAs(vendor, token, library);
    return examined(token, args, { 'library-path': library, profile, pin });
  };

  it('finds everything in order under its profile, or says why no key can be made, and leaves nothing', async () => {
    const { code, report } = await run(vendor, some);
    const red = report.findings.filter(({ level }) => level === 'red');
    if (vendor === 'google') {
      expect(red.map(({ problem }) => problem)).toEqual([expect.stringContaining('No key can be made')]);
      expect(code).toBe(1);
    } else {
      expect(red).toEqual([]);
      expect(code).toBe(0);
    }
    expect(report.profile).toMatchObject({ configured: vendor, used: vendor, fits: fits(vendor), differences: [] });
    shim.limit({});
    expect(objectsOf(token)).toBe(before);
  });

  it('recognises it, and says which profile fits if another is configured', async () => {
    const wrong = vendor === 'nshield' ? 'cloudhsm' : 'nshield';
    const { report } = await run(wrong, few);
    expect(report.profile).toMatchObject({ configured: wrong, used: wrong, fits: fits(vendor) });
    const remedies = report.findings.filter(({ about }) => about === 'profile').map(({ remedy }) => remedy);
    expect(remedies.join()).toContain(`Set hsm.pkcs11.profile to ${fits(vendor)}`);
    shim.limit({});
    expect(objectsOf(token)).toBe(before);
  });
});
