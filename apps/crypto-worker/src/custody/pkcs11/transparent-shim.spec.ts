import { behindShim, enterToken, listeningLogger, partitionOn } from '@ankasecure/testing';
import { afterAll, describe, expect, it } from 'vitest';
import { custodyConformance } from '../custody.conformance.js';
import { notOffered } from '../testing/token-limit.js';
import { openPkcs11Custody } from './pkcs11-custody.js';
import { type Interface, interfacesIn, koffi, libraryAt, wordBytes } from './session/interface-list.js';

const { token, shim, remove } = behindShim(enterToken());
afterAll(remove);

const partition = (libraryPath: string) => ({ ...partitionOn(token), libraryPath, sessionTimeoutSeconds: 60 });

/** The number of functions in a list of each version, of which some may be missing. */
const functionsOf = ({ major, minor }: Interface): number => (major < 3 ? 68 : minor < 2 ? 92 : 104);

/** What a list has, without its addresses. */
const shown = (one: Interface) => {
  const { name, major, minor, flags, functions } = one;
  const count = name === 'PKCS 11' ? functionsOf(one) : 0;
  const pointers = koffi().decode(functions + BigInt(wordBytes), `uint64_t [${Math.max(1, count)}]`) as bigint[];
  return { name, major, minor, flags, has: pointers.slice(0, count).map((pointer) => BigInt(pointer) !== 0n) };
};

describe('a shim that nobody told anything', () => {
  it('shows the interfaces of the library behind it, and their functions', () => {
    const [there, here] = [token.libraryPath, shim.libraryPath].map((path) => interfacesIn(libraryAt(path)));
    expect(here?.map(shown)).toEqual(there?.map(shown));
    const [theirs, ours] = [there, here].map((all) => all?.find(({ name }) => name === 'PKCS 11')?.functions);
    if (token.name === 'kryoptic') expect(ours).not.toBe(theirs);
  });

  it('shows the mechanisms and capabilities of the token behind it', async () => {
    const seen = [];
    for (const library of [token.libraryPath, shim.libraryPath]) {
      const custody = await openPkcs11Custody(partition(library), listeningLogger(), {
        tuning: { longSelfTests: false },
      });
      seen.push({ token: custody.token, capabilities: custody.capabilities() });
      await custody.close();
    }
    expect(seen[1]).toEqual(seen[0]);
  });
});

custodyConformance(`PKCS#11 on ${token.name} behind the shim`, {
  open: () => openPkcs11Custody(partition(shim.libraryPath), listeningLogger()),
  lacks: notOffered[token.name],
});

it('every call of that suite went through the shim', () => {
  const calls = shim.allCalls();
  for (const name of ['C_Initialize', 'C_OpenSession', 'C_Login', 'C_GenerateKeyPair', 'C_SignInit', 'C_Sign'])
    expect(calls).toHaveProperty(name, expect.any(Number));
  if (token.name === 'kryoptic') expect(calls).toHaveProperty('C_DecapsulateKey', expect.any(Number));
});
