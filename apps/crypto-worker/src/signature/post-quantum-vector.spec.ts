import { createPublicKey, type KeyObject } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type AlgorithmName, type ParameterSet, slhDsaSets } from '@ankasecure/algorithm';
import { AnkaError } from '@ankasecure/contracts';
import { describe, expect, it } from 'vitest';
import { readPublicKey } from '../custody/public/read-public-key.js';
import { knownKey, soon } from '../jose/testing/known-key.js';
import {
  bytes,
  readVector,
  Tally,
  vectorFolder,
  vectorsAbsent,
  type WycheproofCase,
  wycheproof,
} from '../jose/testing/vector.js';
import { verifyItem } from './verify.js';

interface Group {
  readonly publicKeyDer: string;
}
interface Case {
  /** Absent if only `mu` is given. */
  readonly msg?: string;
  readonly sig: string;
  readonly ctx?: string;
  readonly mu?: string;
  /** Only in the file of SLH-DSA: a case may use another key than its group. */
  readonly publicKey?: string;
}

/** The key as a tenant would bring it; null if it is refused. */
const broughtIn = (algorithm: AlgorithmName, der: string): KeyObject | null => {
  try {
    const spki = readPublicKey({ der: bytes(der).toString('base64url') }, { algorithm, purpose: 'sign' });
    return createPublicKey({ key: spki, format: 'der', type: 'spki' });
  } catch (error) {
    if (error instanceof AnkaError && error.code === 'request-invalid') return null;
    throw error;
  }
};

const accepts = async (
  algorithm: AlgorithmName,
  secret: KeyObject | null,
  { msg = '', sig }: Case,
): Promise<boolean> => {
  if (secret === null) return false;
  const { key, custody } = knownKey(algorithm, 'sign', { secret });
  const [payload, signature] = [msg, sig].map((hex) => bytes(hex).toString('base64url')) as [string, string];
  const item = { keyId: key.keyId, encoding: 'base64url', signature, payload } as const;
  return (await verifyItem(custody, soon, key, item)).valid;
};

/** The properties by which the platform refuses a valid case: JOSE has no context (RFC 9964 §4), and takes whole messages. */
const refusedBy = ({ ctx = '', msg, mu }: Case & WycheproofCase): string | null => {
  if (ctx !== '') return 'it has a context';
  return msg === undefined && mu !== undefined ? 'it has no message but only mu' : null;
};

const spkiStart = (der: string, publicKey: string): string => der.slice(0, der.length - publicKey.length);

const run = async (
  file: string,
  groups: readonly (Group & { tests: readonly (Case & WycheproofCase)[] })[],
  nameOf: (group: Group) => AlgorithmName,
): Promise<Tally> => {
  const tally = new Tally();
  for (const group of groups) {
    const algorithm = nameOf(group);
    for (const test of group.tests) {
      const { publicKey } = test;
      const der = publicKey === undefined ? group.publicKeyDer : spkiStart(group.publicKeyDer, publicKey) + publicKey;
      const reason = refusedBy(test);
      // What is wrong with it may be its context, which is not looked at.
      if (reason !== null && test.result !== 'valid') continue;
      tally.judge(test, await accepts(algorithm, broughtIn(algorithm, der), test), reason);
    }
  }
  process.stdout.write(`${file}: ${tally.ran} cases, of them ${tally.expectedRefused} outside of what is offered\n`);
  return tally;
};

describe.skipIf(vectorsAbsent)('vectors of post-quantum signatures, through public keys that are brought in', () => {
  it.each([
    ['mldsa_44_verify', 'ML-DSA-44', 175],
    ['mldsa_65_verify', 'ML-DSA-65', 205],
  ] as const)('Wycheproof %s', async (file, algorithm, ran) => {
    expect(await run(file, wycheproof<Group, Case>(file), () => algorithm)).toMatchObject({ ran, wrong: [] });
  });

  interface SignGroup {
    /** null if the private key is not one. */
    readonly publicKey: string | null;
  }
  it.each([
    ['mldsa_65_sign_seed', 'ML-DSA-65'],
    ['mldsa_87_sign_seed', 'ML-DSA-87'],
  ] as const)('Wycheproof %s: its signatures verify', async (file, algorithm) => {
    let verified = 0;
    for (const { publicKey, tests } of wycheproof<SignGroup, Case>(file)) {
      const jwk = { kty: 'AKP', alg: algorithm, pub: bytes(publicKey ?? '').toString('base64url') } as const;
      for (const test of tests.filter((each) => each.result === 'valid' && refusedBy(each) === null)) {
        const spki = readPublicKey({ jwk }, { algorithm, purpose: 'sign' });
        const secret = createPublicKey({ key: spki, format: 'der', type: 'spki' });
        expect([test.tcId, await accepts(algorithm, secret, test)]).toEqual([test.tcId, true]);
        verified += 1;
      }
    }
    process.stdout.write(`${file}: ${verified} valid signatures without context verify\n`);
    expect(verified).toBeGreaterThan(60);
  });

  it('SLH-DSA, made with noble and judged alike by OpenSSL', async () => {
    interface SetGroup extends Group {
      readonly parameterSet: AlgorithmName;
    }
    const { testGroups } = readVector<{ testGroups: (SetGroup & { tests: (Case & WycheproofCase)[] })[] }>(
      'made/slh_dsa_verify_test.json',
    );
    const tally = await run('made/slh_dsa_verify', testGroups, (group) => (group as SetGroup).parameterSet);
    expect(tally).toMatchObject({ ran: 44, wrong: [] });
  });

  it('ACVP, ML-DSA: those with a context and the forged ones, all of them, are refused', async () => {
    interface Acvp {
      readonly parameterSet: AlgorithmName;
      readonly tests: readonly (Readonly<Record<'pk' | 'message' | 'context' | 'signature', string>> & {
        readonly testPassed: boolean;
      })[];
    }
    let ran = 0;
    for (const { parameterSet, tests } of readVector<{ testGroups: Acvp[] }>(
      'acvp/ML-DSA-sigVer-FIPS204/internalProjection.json',
    ).testGroups)
      for (const { pk, message, context, signature, testPassed } of tests) {
        const jwk = { kty: 'AKP', alg: parameterSet, pub: bytes(pk).toString('base64url') } as const;
        const spki = readPublicKey({ jwk }, { algorithm: parameterSet, purpose: 'sign' });
        const secret = createPublicKey({ key: spki, format: 'der', type: 'spki' });
        const accepted = await accepts(parameterSet, secret, { msg: message, sig: signature });
        // Without a context there are three, all of them forged.
        expect(context === '' ? testPassed : false).toBe(false);
        expect(accepted).toBe(false);
        ran += 1;
      }
    expect(ran).toBe(45);
  });

  it('ACVP, SLH-DSA: every public key of the twelve sets is read as JWK and as SPKI, and is the same', () => {
    interface KeyGen {
      readonly parameterSet: ParameterSet;
      readonly tests: readonly { readonly pk: string }[];
    }
    const { testGroups } = readVector<{ testGroups: KeyGen[] }>('acvp/SLH-DSA-keyGen-FIPS205/internalProjection.json');
    expect(new Set(testGroups.map(({ parameterSet }) => parameterSet))).toEqual(new Set(slhDsaSets));
    for (const { parameterSet: alg, tests } of testGroups)
      for (const { pk } of tests) {
        const wanted = { algorithm: alg, purpose: 'sign' } as const;
        const jwk = { kty: 'AKP', alg, pub: bytes(pk).toString('base64url') } as const;
        const spki = readPublicKey({ jwk }, wanted);
        expect(spki.subarray(-pk.length / 2)).toEqual(bytes(pk));
        expect(readPublicKey({ der: spki.toString('base64url') }, wanted)).toEqual(spki);
      }
  });

  it('botan: two signatures of SLH-DSA-SHAKE-128s', async () => {
    const text = readFileSync(join(vectorFolder, 'botan/slh_dsa_generic.vec'), 'utf8');
    const blocks = text.split(/\n\s*\n/).filter((block) => block.includes('Signature ='));
    const field = (block: string, name: string): string =>
      new RegExp(`^${name} = ([0-9A-Fa-f]+)`, 'm').exec(block)?.[1] ?? expect.unreachable();
    for (const block of blocks) {
      const jwk = {
        kty: 'AKP',
        alg: 'SLH-DSA-SHAKE-128s',
        pub: bytes(field(block, 'PublicKey')).toString('base64url'),
      };
      const spki = readPublicKey({ jwk: { ...jwk, kty: 'AKP' } }, { algorithm: 'SLH-DSA-SHAKE-128s', purpose: 'sign' });
      const secret = createPublicKey({ key: spki, format: 'der', type: 'spki' });
      const test = { msg: field(block, 'Msg'), sig: field(block, 'Signature') };
      expect(await accepts('SLH-DSA-SHAKE-128s', secret, test)).toBe(true);
    }
    expect(blocks).toHaveLength(2);
  });

  it.each([
    ['ML-DSA-65.pub', 'ML-DSA-65', 'sign'],
    ['ML-KEM-768.pub', 'ML-KEM-768', 'encrypt'],
    ['id-slh-dsa-sha2-128s.pub', 'SLH-DSA-SHA2-128s', 'sign'],
  ] as const)('IETF %s (RFC 9881, 9935, 9909) is read, and is of no other algorithm', (file, algorithm, purpose) => {
    const pem = readFileSync(join(vectorFolder, 'ietf-keys', file), 'utf8');
    const spki = readPublicKey({ pem }, { algorithm, purpose });
    expect(createPublicKey({ key: spki, format: 'der', type: 'spki' }).equals(createPublicKey(pem))).toBe(true);
    expect(() => readPublicKey({ pem }, { algorithm: 'Ed25519', purpose: 'sign' })).toThrow(AnkaError);
    expect(() => readPublicKey({ pem }, { algorithm: 'ML-DSA-87', purpose: 'sign' })).toThrow(AnkaError);
  });
});
