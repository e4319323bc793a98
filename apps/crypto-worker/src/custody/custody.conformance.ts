import {
  constants,
  createCipheriv,
  createECDH,
  createHash,
  createHmac,
  createPublicKey,
  encapsulate,
  type KeyObject,
  publicEncrypt,
  randomBytes,
  randomUUID,
  verify,
} from 'node:crypto';
import {
  type Alg,
  type AlgorithmName,
  algorithmNames,
  algorithmOf,
  contentEncryptions,
  type HpkeAlg,
  hpkeAlgsOf,
  type JweAlg,
  type JwsAlg,
  joseAlgs,
  type MlKemSet,
  mlKemJweAlg,
  mlKemSets,
  type Purpose,
  signatureSchemes,
} from '@ankasecure/algorithm';
import { AnkaError, type ErrorCode, monotonicNow } from '@ankasecure/contracts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Deadline } from '../deadline/deadline.js';
import { metered } from '../deadline/metered.js';
import type { Custody, GcmSealed, ImportedMaterial, KeyRef, SignatureRequest } from './custody.js';
import {
  type KeyOwner,
  type Naming,
  newObjectId,
  ownerOfKey,
  ownerOfPlatformKey,
  type PlatformKeyKind,
  type PlatformRef,
} from './object-owner.js';

export const inTime = (ms = 60_000): Deadline => ({ deadline: monotonicNow() + ms });

/** The naming of the partition that `partitionOn` configures. */
export const naming: Naming = { partition: 'default', kekLabelPrefix: 'ankasecure:kek:tenant' };

export const newOwner = (): KeyOwner => ({ tenantId: randomUUID(), keyId: randomUUID(), version: 1 });

export const newRef = (
  algorithm: AlgorithmName,
  purpose: Purpose,
  alg: JweAlg | null = null,
  owner = newOwner(),
): KeyRef => ({ owner, algorithm, purpose, alg, objectId: newObjectId(ownerOfKey(owner), naming) });

export const newPlatformRef = (
  kind: PlatformKeyKind,
  tenantId = randomUUID() as string,
  generation = 1,
): PlatformRef => {
  const named = { kind, tenantId, generation };
  return { ...named, objectId: newObjectId(ownerOfPlatformKey(named), naming) };
};

/** Destroys the object of a caller's key. */
export const destroyed = (custody: Custody, ref: KeyRef, budget = inTime()): Promise<number> =>
  custody.destroy(budget, ownerOfKey(ref.owner), ref.objectId);

/** Destroys the object of a platform key. */
export const destroyedPlatformKey = (custody: Custody, ref: PlatformRef): Promise<number> =>
  custody.destroy(inTime(), ownerOfPlatformKey(ref), ref.objectId);

/** Returns the code of the AnkaError that a promise rejects with. The test fails if it does not reject with one. */
export const codeOf = async (promise: Promise<unknown>): Promise<ErrorCode> => {
  const outcome = await promise.then(
    (value) => ({ value }),
    (error: unknown) => ({ error }),
  );
  if ('error' in outcome && outcome.error instanceof AnkaError) return outcome.error.code;
  throw new Error(
    `expected an AnkaError, got ${JSON.stringify(outcome)} ${String('error' in outcome ? outcome.error : '')}`,
  );
};

const requestFor = (alg: JwsAlg): SignatureRequest => {
  const { scheme, hash } = signatureSchemes[alg];
  return hash && scheme !== 'ecdsa' ? { scheme, hash } : ({ scheme } as SignatureRequest);
};

const inputFor = (alg: JwsAlg, message: Uint8Array): Uint8Array => {
  const { scheme, hash } = signatureSchemes[alg];
  return hash && scheme !== 'hmac' ? createHash(hash).update(message).digest() : message;
};

const verifies = (alg: JwsAlg, message: Uint8Array, publicKey: KeyObject, signature: Uint8Array): boolean => {
  const { scheme, hash } = signatureSchemes[alg];
  const rsa = {
    padding: scheme === 'rsa-pss' ? constants.RSA_PKCS1_PSS_PADDING : constants.RSA_PKCS1_PADDING,
    saltLength: constants.RSA_PSS_SALTLEN_DIGEST,
  };
  return verify(
    hash,
    message,
    { key: publicKey, dsaEncoding: 'ieee-p1363', ...(scheme.startsWith('rsa') ? rsa : {}) },
    signature,
  );
};

export const publicKeyOf = (spki: Uint8Array | null): KeyObject => {
  if (!spki) throw new Error('no public key');
  return createPublicKey({ key: Buffer.from(spki), format: 'der', type: 'spki' });
};

/** AES key wrap with padding (RFC 5649), outside the token. */
export const wrapKwp = (aes: Uint8Array, bytes: Uint8Array): Buffer => {
  const cipher = createCipheriv(`id-aes${aes.length * 8}-wrap-pad`, aes, Buffer.from('a65959a6', 'hex'));
  return Buffer.concat([cipher.update(bytes), cipher.final()]);
};

/** An AES key under RSA-OAEP, followed by `bytes` under that AES key. */
export const wrapRsaKwp = (
  custody: Custody,
  publicKey: KeyObject,
  bytes: Uint8Array,
  aes = randomBytes(32),
): Buffer => {
  const { oaepHash = '' } = custody.importAbility('rsa-aes-kwp');
  const padding = { padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: oaepHash.replace('-', '').toLowerCase() };
  return Buffer.concat([publicEncrypt({ key: publicKey, ...padding }, aes), wrapKwp(aes, bytes)]);
};

/** The lengths of content encryption keys (RFC 7518 §5), in bytes. */
const contentKeySizes = [...new Set(Object.values(contentEncryptions).map(({ cekBytes }) => cekBytes))];

const flipped = (bytes: Uint8Array, at = bytes.length >> 1): Uint8Array => {
  const copy = Uint8Array.from(bytes);
  copy[at] = (copy[at] ?? 0) ^ 1;
  return copy;
};

const having = (purpose: Purpose, ...kinds: readonly string[]): readonly AlgorithmName[] =>
  algorithmNames.filter((name) => kinds.includes(algorithmOf(name).kind) && joseAlgs(name, purpose).length > 0);

/** The small parameter sets of SLH-DSA: a signature takes up to 1.4 s of processor time. */
const isSlowToSign = (algorithm: AlgorithmName): boolean => /^SLH-DSA-.*s$/.test(algorithm);

const curves: Readonly<Record<number, string>> = { 256: 'prime256v1', 384: 'secp384r1', 521: 'secp521r1' };

/** Tests of what a target does not have are absent, and not skipped. */
const describeIf = (isOffered: boolean): ((name: string, define: () => void) => void) =>
  isOffered ? describe : () => undefined;

export interface ConformanceTarget {
  readonly open: () => Promise<Custody>;
  /** Algorithms that the target is known to lack. They must be reported as excluded, and are not tried. */
  readonly lacks?: readonly Alg[];
  /** The algorithms to try. All by default. */
  readonly only?: readonly AlgorithmName[];
  /** Calls besides keys of callers that the target is known to refuse. */
  readonly refuses?: readonly ('anchor' | 'platform')[];
}

/** The contract of every custody, checked against node:crypto. It runs on each implementation. */
export const custodyConformance = (name: string, target: ConformanceTarget): void => {
  describe(`custody: ${name}`, () => {
    let custody: Custody;
    const made: KeyRef[] = [];
    const madePlatformKeys: PlatformRef[] = [];
    const generate = async (ref: KeyRef): Promise<KeyObject | null> => {
      made.push(ref);
      const value = await custody.generate(inTime(120_000), { ref });
      return value.spki && publicKeyOf(value.spki);
    };
    const lacks = (alg: Alg): boolean => target.lacks?.includes(alg) ?? false;
    const refuses = (call: 'anchor' | 'platform'): boolean => target.refuses?.includes(call) ?? false;
    const { only = algorithmNames } = target;
    /** Algorithms that are offered for some use, so that their keys can be made. */
    const isOffered = (purpose: Purpose) => (algorithm: AlgorithmName) =>
      only.includes(algorithm) && !joseAlgs(algorithm, purpose).every(lacks);
    const offered = (purpose: Purpose, ...kinds: readonly string[]): readonly AlgorithmName[] =>
      having(purpose, ...kinds).filter(isOffered(purpose));
    /** A key that each target has which makes keys at all. */
    const signs = isOffered('sign')('EC-P256');

    beforeAll(async () => {
      custody = await target.open();
    });
    afterAll(async () => {
      for (const ref of made) await destroyed(custody, ref);
      for (const ref of madePlatformKeys) await destroyedPlatformKey(custody, ref);
      await custody.close();
    });

    describe.each(only.map((algorithm) => [algorithm] as const))('capability of %s', (algorithm) => {
      it.each(Object.keys(algorithmOf(algorithm).purposes) as Purpose[])(
        'to %s is what its self-test found',
        async (purpose) => {
          const capability = await custody.capability(inTime(120_000), algorithm, purpose);
          const expected = joseAlgs(algorithm, purpose).filter((alg) => !lacks(alg));
          expect(capability.algs).toEqual(expected);
          expect(capability.excluded.map(({ alg }) => alg)).toEqual(joseAlgs(algorithm, purpose).filter(lacks));
          expect(custody.known(algorithm, purpose)).toBe(capability);
          expect(custody.capabilities()).toContainEqual(capability);
        },
      );
    });

    describeIf(signs)('signatures', () => {
      it.each(offered('sign', 'rsa', 'ec', 'ed', 'ml-dsa', 'slh-dsa'))('%s verifies outside', async (algorithm) => {
        const ref = newRef(algorithm, 'sign');
        const publicKey = await generate(ref);
        expect(publicKey).not.toBeNull();
        for (const alg of joseAlgs(algorithm, 'sign') as readonly JwsAlg[]) {
          if (lacks(alg) || !publicKey) continue;
          for (const message of isSlowToSign(algorithm) ? [Buffer.from('x')] : [randomBytes(100), Buffer.from('x')]) {
            const budget = metered(inTime());
            const value = await custody.sign(budget, ref, requestFor(alg), inputFor(alg, message));
            expect(verifies(alg, message, publicKey, value)).toBe(true);
            // A key in memory needs no HSM.
            expect(budget.hsm.micros).toBeGreaterThanOrEqual(custody.kind === 'software' ? 0 : 1);
          }
        }
      });

      const wholeMessage = ['Ed25519', 'ML-DSA-65', 'SLH-DSA-SHA2-128f'] as const;
      it.each(wholeMessage.filter(isOffered('sign')))('sign the empty message with %s', async (algorithm) => {
        const ref = newRef(algorithm, 'sign');
        const publicKey = await generate(ref);
        const value = await custody.sign(inTime(), ref, requestFor(algorithm), new Uint8Array(0));
        expect(publicKey && verifies(algorithm, new Uint8Array(0), publicKey, value)).toBe(true);
      });

      it('keep callers apart when many keys sign at once', async () => {
        // One after the other: on a token that cannot make keys concurrently, callers take turns (see `takingTurns`).
        const keys: { ref: KeyRef; publicKey: Awaited<ReturnType<typeof generate>> }[] = [];
        for (let index = 0; index < 6; index++) {
          const ref = newRef('EC-P256', 'sign');
          keys.push({ ref, publicKey: await generate(ref) });
        }
        const results = await Promise.all(
          Array.from({ length: 300 }, async (_, index) => {
            const message = randomBytes(20 + index);
            const key = keys[index % keys.length];
            if (!key?.publicKey) throw new Error('no key');
            const value = await custody.sign(inTime(), key.ref, { scheme: 'ecdsa' }, inputFor('ES256', message));
            return verifies('ES256', message, key.publicKey, value);
          }),
        );
        expect(results.every(Boolean)).toBe(true);
      });
    });

    describeIf(offered('mac', 'hmac').length > 0)('MACs', () => {
      it.each(offered('mac', 'hmac'))(
        '%s is full length, repeatable, and differs by key and message',
        async (algorithm) => {
          const [alg] = joseAlgs(algorithm, 'mac') as readonly JwsAlg[];
          const refs = [newRef(algorithm, 'mac'), newRef(algorithm, 'mac')] as const;
          for (const ref of refs) await generate(ref);
          if (!alg) throw new Error('no alg');
          const mac = async (ref: KeyRef, message: Uint8Array) =>
            Buffer.from(await custody.sign(inTime(), ref, requestFor(alg), message)).toString('hex');
          const message = randomBytes(500);
          const macs = [
            await mac(refs[0], message),
            await mac(refs[1], message),
            await mac(refs[0], new Uint8Array(0)),
          ];
          expect(macs[0]).toHaveLength(algorithmOf(algorithm).bits / 4);
          expect(await mac(refs[0], message)).toBe(macs[0]);
          expect(new Set(macs).size).toBe(3);
        },
      );

      it('platformMac serves an audit-mac key', async () => {
        const ref = newPlatformRef('audit-mac');
        madePlatformKeys.push(ref);
        await custody.generatePlatformKey(inTime(), ref);
        const first = await custody.platformMac(inTime(), ref, Buffer.from('day'));
        const second = await custody.platformMac(inTime(), ref, Buffer.from('day'));
        expect(first).toHaveLength(32);
        expect(first).toEqual(second);
      });
    });

    describeIf(refuses('anchor'))('an anchor', () => {
      it('is refused by a token that stores no data', async () => {
        expect(await codeOf(custody.readAnchor(inTime(), 'any'))).toBe('algorithm-unavailable');
        const anchor = { number: 1, value: Buffer.alloc(32) };
        expect(await codeOf(custody.writeAnchor(inTime(), 'any', anchor))).toBe('algorithm-unavailable');
      });
    });

    describeIf(refuses('platform'))('a platform key', () => {
      it.each(['kek', 'audit-mac', 'blob-mac', 'import', 'token-signing', 'checkpoint-p256'] as const)(
        '%s is refused',
        async (kind) => {
          const made = custody.generatePlatformKey(inTime(), newPlatformRef(kind));
          expect(await codeOf(made)).toBe('algorithm-unavailable');
        },
      );
    });

    describeIf(!refuses('anchor'))('an anchor', () => {
      const label = `ankasecure:trail-anchor:conformance:${randomBytes(4).toString('hex')}`;
      const anchorOf = (number: number) => ({ number, value: Buffer.alloc(32, number) });

      it('is kept by the token and only moves forward', async () => {
        expect(await custody.readAnchor(inTime(), label)).toBeNull();
        expect(await custody.writeAnchor(inTime(), label, anchorOf(7))).toEqual(anchorOf(7));
        expect(await custody.writeAnchor(inTime(), label, anchorOf(6))).toEqual(anchorOf(7));
        expect(await custody.writeAnchor(inTime(), label, { ...anchorOf(7), value: Buffer.alloc(32) })).toEqual(
          anchorOf(7),
        );
        expect(await custody.writeAnchor(inTime(), label, anchorOf(9))).toEqual(anchorOf(9));
        expect(await custody.readAnchor(inTime(), label)).toEqual(anchorOf(9));
        expect(await custody.readAnchor(inTime(), `${label}:another`)).toBeNull();
      });
    });

    describeIf(offered('encrypt', 'rsa').length > 0)('RSA-OAEP-256', () => {
      it.each(offered('encrypt', 'rsa'))(
        '%s opens what node sealed and refuses everything else alike',
        async (algorithm) => {
          const ref = newRef(algorithm, 'encrypt', 'RSA-OAEP-256');
          const publicKey = await generate(ref);
          if (!publicKey) throw new Error('no key');
          const seal = (cek: Uint8Array, oaepHash = 'sha256') =>
            publicEncrypt({ key: publicKey, padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash }, cek);
          for (const cek of [randomBytes(32), randomBytes(1), new Uint8Array(0)]) {
            const value = await custody.decryptOaep(inTime(), ref, seal(cek));
            expect(Buffer.from(value)).toEqual(Buffer.from(cek));
          }
          const good = seal(randomBytes(32));
          // One in 256 begins with a zero byte. Without it the number is the same, and the ciphertext is not.
          let short = seal(randomBytes(32));
          while (short[0] !== 0) short = seal(randomBytes(32));
          const bad = [
            short.subarray(1),
            flipped(good),
            flipped(good, 0),
            seal(randomBytes(32), 'sha1'),
            good.subarray(1),
            Buffer.concat([good, good]),
            new Uint8Array(0),
          ];
          for (const ciphertext of bad)
            expect(await codeOf(custody.decryptOaep(inTime(), ref, ciphertext))).toBe('decryption-failed');
          expect(custody.healthy()).toBe(true);
        },
      );
    });

    const agreeing = offered('encrypt', 'ec');
    const encapsulating = mlKemSets.filter(isOffered('encrypt'));
    describeIf(agreeing.length + encapsulating.length > 0)('ECDH and ML-KEM', () => {
      it.each(agreeing)('%s agrees with node and refuses points off the curve', async (algorithm) => {
        const { bits } = algorithmOf(algorithm);
        const ref = newRef(algorithm, 'encrypt', 'ECDH-ES+A256KW');
        const publicKey = await generate(ref);
        const spki = publicKey?.export({ format: 'der', type: 'spki' });
        const size = Math.ceil(bits / 8);
        for (let round = 0; round < 3; round++) {
          const ephemeral = createECDH(curves[bits] ?? '');
          const value = await custody.agree(inTime(), ref, ephemeral.generateKeys());
          expect(Buffer.from(value)).toEqual(ephemeral.computeSecret(spki?.subarray(-1 - 2 * size) ?? Buffer.alloc(0)));
        }
        const point = createECDH(curves[bits] ?? '').generateKeys();
        for (const peer of [flipped(point, point.length - 1), point.subarray(0, -1), new Uint8Array(0)])
          expect(await codeOf(custody.agree(inTime(), ref, peer))).toBe('decryption-failed');
      });

      /** What a sender does: node encapsulates, and wraps a content key under the secret. */
      const sealedTo = (publicKey: KeyObject, cek: Uint8Array) => {
        const { sharedKey, ciphertext } = encapsulate(publicKey);
        return { ciphertext, wrapped: createCipheriv('aes256-wrap', sharedKey, Buffer.alloc(8, 0xa6)).update(cek) };
      };

      it.each(encapsulating)('%s opens what node sealed and refuses everything else alike', async (algorithm) => {
        const ref = newRef(algorithm, 'encrypt', mlKemJweAlg(algorithm));
        const publicKey = await generate(ref);
        if (!publicKey) throw new Error('no key');
        for (const size of contentKeySizes) {
          const cek = randomBytes(size);
          const { ciphertext, wrapped } = sealedTo(publicKey, cek);
          const opened = await custody.decapsulateCek(inTime(), ref, ciphertext, wrapped);
          expect(Buffer.from(opened)).toEqual(cek);
        }
        const { ciphertext, wrapped } = sealedTo(publicKey, randomBytes(32));
        const other = sealedTo(publicKey, randomBytes(32));
        const bad: readonly (readonly [Uint8Array, Uint8Array])[] = [
          [flipped(ciphertext), wrapped],
          [flipped(ciphertext, 0), wrapped],
          [other.ciphertext, wrapped],
          [ciphertext.subarray(1), wrapped],
          [Buffer.concat([ciphertext, Buffer.of(0)]), wrapped],
          [new Uint8Array(0), wrapped],
          [ciphertext, flipped(wrapped)],
          [ciphertext, wrapped.subarray(8)],
          [ciphertext, new Uint8Array(0)],
        ];
        for (const [encapsulated, content] of bad)
          expect(await codeOf(custody.decapsulateCek(inTime(), ref, encapsulated, content))).toBe('decryption-failed');
        expect(custody.healthy()).toBe(true);
      });
    });

    it.each([1, 16, 64, 1024])('gives %i random bytes, and other ones each time', async (length) => {
      const [one, other] = [await custody.random(inTime(), length), await custody.random(inTime(), length)];
      expect([one.length, other.length]).toEqual([length, length]);
      if (length >= 16) expect(Buffer.from(one)).not.toEqual(Buffer.from(other));
      expect(await codeOf(custody.random(inTime(), 0))).toBe('internal-error');
      expect(await codeOf(custody.random(inTime(), 1025))).toBe('internal-error');
    });

    /** Keys whose shared secrets leave the token: raw ones, and those for HPKE. */
    const raw: readonly (readonly [MlKemSet, HpkeAlg | null])[] = mlKemSets
      .filter(isOffered('encapsulate'))
      .flatMap((set) => [
        [set, null] as const,
        ...hpkeAlgsOf(set)
          .filter((alg) => !lacks(alg))
          .map((alg) => [set, alg] as const),
      ]);
    describeIf(raw.length > 0)('raw ML-KEM', () => {
      it.each(raw)(
        '%s %s gives the secret that node encapsulated, another one for a changed ciphertext, and none for another length',
        async (algorithm, alg) => {
          const ref = alg === null ? newRef(algorithm, 'encapsulate') : newRef(algorithm, 'encrypt', alg);
          const publicKey = await generate(ref);
          if (!publicKey) throw new Error('no key');
          const secretOf = async (of: Uint8Array) => Buffer.from(await custody.decapsulate(inTime(), ref, of));
          const { sharedKey, ciphertext } = encapsulate(publicKey);
          expect(await secretOf(ciphertext)).toEqual(sharedKey);
          for (const at of [0, ciphertext.length >> 1, ciphertext.length - 1]) {
            const secret = await secretOf(flipped(ciphertext, at));
            expect(secret).toHaveLength(32);
            expect(secret).not.toEqual(sharedKey);
            expect(await secretOf(flipped(ciphertext, at))).toEqual(secret);
          }
          for (const other of [ciphertext.subarray(1), Buffer.concat([ciphertext, Buffer.of(0)]), new Uint8Array(0)])
            expect(await codeOf(custody.decapsulate(inTime(), ref, other))).toBe('decryption-failed');
          expect(custody.healthy()).toBe(true);
        },
      );
    });

    const wrapping = (
      [
        ['AES-128', 'A128KW'],
        ['AES-256', 'A256KW'],
      ] as const
    ).filter(([algorithm, alg]) => only.includes(algorithm) && !lacks(alg));
    describeIf(wrapping.length > 0)('AES key wrap', () => {
      it.each(wrapping)('%s unwraps what it wrapped and refuses everything else alike', async (algorithm, alg) => {
        const ref = newRef(algorithm, 'encrypt', alg);
        await generate(ref);
        for (const size of contentKeySizes) {
          const cek = randomBytes(size);
          const wrapped = await custody.wrapCek(inTime(), ref, cek);
          expect(wrapped).toHaveLength(size + 8);
          expect(Buffer.from(await custody.unwrapCek(inTime(), ref, wrapped))).toEqual(cek);
          for (const bad of [
            flipped(wrapped),
            wrapped.subarray(8),
            randomBytes(24),
            new Uint8Array(16),
            new Uint8Array(0),
          ])
            expect(await codeOf(custody.unwrapCek(inTime(), ref, bad))).toBe('decryption-failed');
        }
        expect(custody.healthy()).toBe(true);
      });
    });

    describeIf(!lacks('dir'))('AES-GCM', () => {
      it('seals and opens, empty inputs included, and refuses everything else alike', async () => {
        const ref = newRef('AES-256', 'encrypt', 'dir');
        await generate(ref);
        for (const plaintext of [new Uint8Array(0), randomBytes(1), randomBytes(10_000)])
          for (const aad of [new Uint8Array(0), randomBytes(30)]) {
            const sealed = await custody.sealGcm(inTime(), ref, aad, plaintext);
            expect([sealed.ciphertext.length, sealed.tag.length]).toEqual([plaintext.length, 16]);
            expect(Buffer.from(await custody.openGcm(inTime(), ref, sealed, aad))).toEqual(Buffer.from(plaintext));
            const bad: [GcmSealed, Uint8Array][] = [
              [{ ...sealed, tag: flipped(sealed.tag) }, aad],
              [{ ...sealed, iv: flipped(sealed.iv) }, aad],
              [{ ...sealed, tag: sealed.tag.subarray(1) }, aad],
              [{ ...sealed, iv: new Uint8Array(0) }, aad],
              [sealed, Buffer.concat([aad, Buffer.from('x')])],
            ];
            if (plaintext.length > 0) bad.push([{ ...sealed, ciphertext: flipped(sealed.ciphertext) }, aad]);
            for (const [tampered, with_] of bad)
              expect(await codeOf(custody.openGcm(inTime(), ref, tampered, with_))).toBe('decryption-failed');
          }
        expect(custody.healthy()).toBe(true);
      });

      it('never uses an IV twice', async () => {
        const ref = newRef('AES-256', 'encrypt', 'dir');
        await generate(ref);
        const all = await Promise.all(
          Array.from({ length: 200 }, () => custody.sealGcm(inTime(), ref, new Uint8Array(0), Buffer.from('x'))),
        );
        expect(new Set(all.map(({ iv }) => Buffer.from(iv).toString('hex'))).size).toBe(200);
      });
    });

    describeIf(!lacks('AES-KWP'))('imported keys', () => {
      const bring = (ref: KeyRef, material: ImportedMaterial) => {
        made.push(ref);
        return custody.importKey(inTime(), { ref }, material);
      };
      const importing = async (): Promise<{ importKey: PlatformRef; publicKey: KeyObject }> => {
        const importKey = newPlatformRef('import');
        madePlatformKeys.push(importKey);
        const value = await custody.generatePlatformKey(inTime(120_000), importKey);
        return { importKey, publicKey: publicKeyOf(value.spki) };
      };
      const computes = async (ref: KeyRef, secret: Uint8Array): Promise<boolean> => {
        const value = await custody.sign(inTime(), ref, { scheme: 'hmac', hash: 'sha256' }, Buffer.from('x'));
        return createHmac('sha256', secret).update('x').digest().equals(Buffer.from(value));
      };

      it('are unwrapped by the import key or by a key for wrap, and every blob that does not unwrap is refused alike', async () => {
        const { importKey, publicKey } = await importing();
        const underImportKey = (bytes: Uint8Array): ImportedMaterial => {
          const wrappedKey = wrapRsaKwp(custody, publicKey, bytes);
          return { method: 'rsa-aes-kwp', importKey, wrappedKey };
        };
        const [transport, secret] = [randomBytes(32), randomBytes(32)];
        const first = newRef('HMAC-SHA256', 'mac');
        await bring(first, underImportKey(secret));
        expect(await computes(first, secret)).toBe(true);
        const wrappingKey = newRef('AES-256', 'wrap');
        await bring(wrappingKey, underImportKey(transport));
        const under = (wrappedKey: Uint8Array): ImportedMaterial => ({ method: 'aes-kwp', wrappingKey, wrappedKey });
        const good = wrapKwp(transport, secret);
        const second = newRef('HMAC-SHA256', 'mac');
        await bring(second, under(good));
        expect(await computes(second, secret)).toBe(true);
        const bad = [flipped(good), good.subarray(8), randomBytes(40), wrapKwp(randomBytes(32), secret), Buffer.of(1)];
        for (const wrappedKey of bad)
          expect(await codeOf(bring(newRef('HMAC-SHA256', 'mac'), under(wrappedKey)))).toBe('decryption-failed');
        expect(custody.healthy()).toBe(true);
        const gone = { ...wrappingKey, objectId: newRef('AES-256', 'wrap').objectId };
        const nothing: ImportedMaterial = { method: 'aes-kwp', wrappingKey: gone, wrappedKey: good };
        expect(await codeOf(bring(newRef('HMAC-SHA256', 'mac'), nothing))).toBe('key-not-found');
      });

      it('for wrap can do nothing else', async () => {
        const { importKey, publicKey } = await importing();
        const ref = newRef('AES-256', 'wrap');
        const wrappedKey = wrapRsaKwp(custody, publicKey, randomBytes(32));
        await bring(ref, { method: 'rsa-aes-kwp', importKey, wrappedKey });
        const refusals = [
          await codeOf(custody.wrapCek(inTime(), ref, randomBytes(32))),
          await codeOf(custody.unwrapCek(inTime(), ref, randomBytes(40))),
          await codeOf(custody.sealGcm(inTime(), ref, randomBytes(3), randomBytes(3))),
        ];
        expect(refusals).toEqual(['hsm-error', 'decryption-failed', 'hsm-error']);
      });
    });

    describe('missing keys', () => {
      const uses: readonly [string, (at: Custody) => Promise<unknown>][] = [
        ['sign', (at) => at.sign(inTime(), newRef('EC-P256', 'sign'), { scheme: 'ecdsa' }, randomBytes(32))],
        [
          'mac',
          (at) => at.sign(inTime(), newRef('HMAC-SHA256', 'mac'), { scheme: 'hmac', hash: 'sha256' }, randomBytes(32)),
        ],
        ['platformMac', (at) => at.platformMac(inTime(), newPlatformRef('audit-mac'), randomBytes(32))],
        ['platformSign', (at) => at.platformSign(inTime(), newPlatformRef('token-signing'), randomBytes(32))],
        [
          'decryptOaep',
          (at) => at.decryptOaep(inTime(), newRef('RSA-2048', 'encrypt', 'RSA-OAEP-256'), randomBytes(256)),
        ],
        [
          'agree',
          (at) =>
            at.agree(inTime(), newRef('EC-P256', 'encrypt', 'ECDH-ES+A256KW'), createECDH('prime256v1').generateKeys()),
        ],
        ['wrapCek', (at) => at.wrapCek(inTime(), newRef('AES-256', 'encrypt', 'A256KW'), randomBytes(32))],
        ['unwrapCek', (at) => at.unwrapCek(inTime(), newRef('AES-256', 'encrypt', 'A256KW'), randomBytes(40))],
        [
          'decapsulateCek',
          (at) =>
            at.decapsulateCek(
              inTime(),
              newRef('ML-KEM-768', 'encrypt', mlKemJweAlg('ML-KEM-768')),
              randomBytes(1088),
              randomBytes(40),
            ),
        ],
        ['decapsulate', (at) => at.decapsulate(inTime(), newRef('ML-KEM-768', 'encapsulate'), randomBytes(1088))],
        ['sealGcm', (at) => at.sealGcm(inTime(), newRef('AES-256', 'encrypt', 'dir'), randomBytes(3), randomBytes(3))],
      ];
      it.each(uses)('%s reports key-not-found', async (_name, use) => {
        expect(await codeOf(use(custody))).toBe('key-not-found');
      });
    });

    describeIf(signs)('a key that was made', () => {
      it('is gone after destroy, which may be repeated', async () => {
        const ref = newRef('EC-P256', 'sign');
        await generate(ref);
        await custody.sign(inTime(), ref, { scheme: 'ecdsa' }, randomBytes(32));
        expect(await destroyed(custody, ref)).toBe(1);
        expect(await destroyed(custody, ref)).toBe(0);
        expect(await codeOf(custody.sign(inTime(), ref, { scheme: 'ecdsa' }, randomBytes(32)))).toBe('key-not-found');
      });

      it('reports hsm-timeout for a deadline that has passed', async () => {
        const ref = newRef('EC-P256', 'sign');
        await generate(ref);
        expect(
          await codeOf(custody.sign({ deadline: monotonicNow() - 1 }, ref, { scheme: 'ecdsa' }, randomBytes(32))),
        ).toBe('hsm-timeout');
      });
    });

    it('names a key by an RFC 7512 URI without a PIN', () => {
      const ref = { ...newRef('AES-256', 'encrypt', 'dir'), objectId: Buffer.from('00ff', 'hex') };
      expect(custody.uri(ref)).toMatch(/^pkcs11:token=[^;]+;serial=[^;]+;id=%00%FF;type=secret-key$/);
    });
  });
};
