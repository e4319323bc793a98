import { generateKeyPairSync, verify } from 'node:crypto';
import { enterToken, listeningLogger, partitionOn } from '@ankasecure/testing';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { CustodyByKind } from '../assembly/custody-by-kind.js';
import {
  codeOf,
  custodyConformance,
  destroyedPlatformKey,
  inTime,
  newPlatformRef,
  newRef,
} from '../custody.conformance.js';
import type { Custody, KeyRef, Wrapping } from '../custody.js';
import { openBothCustodies } from '../pkcs11/wrapped-custody.js';
import { keepingBlobs, wrappingBy } from '../testing/keeping-blobs.js';
import { SoftwareCustody } from './software-custody.js';
import { UnsealedKeys } from './unsealed-keys.js';
import type { Vault } from './vault.js';

const token = enterToken();
afterAll(() => {
  token.remove();
});

/** A token that lacks EdDSA, by its configuration. */
const partition = { ...partitionOn(token), sessionTimeoutSeconds: 60, excludedMechanisms: ['EDDSA'] as const };
const quick = { tuning: { longSelfTests: false } };

/** `all` with every key in software, whatever the token supports. */
const inSoftware = (all: Custody, software: SoftwareCustody): Custody => {
  const own: Partial<Custody> = {
    kind: 'software',
    capability: (budget, algorithm, purpose) => software.capability(budget, algorithm, purpose),
    known: (algorithm, purpose) => software.known(algorithm, purpose),
    capabilities: () => software.capabilities(),
    generate: (budget, key) => all.generate(budget, { ...key, custody: 'software' }),
  };
  return new Proxy(all, {
    get(target, name) {
      const mine = own[name as keyof Custody];
      if (mine !== undefined) return mine;
      const member: unknown = Reflect.get(target, name, target);
      return typeof member === 'function' ? (member.bind(target) as unknown) : member;
    },
  });
};

const open = async () => {
  const logger = listeningLogger();
  const { token: objects, wrapped, vault } = await openBothCustodies(partition, logger, quick);
  const software = new SoftwareCustody(vault, 4);
  return { all: new CustodyByKind(objects, wrapped, software), software, logger };
};

custodyConformance(`software, sealed by ${token.name}`, {
  open: async () => {
    const { all, software } = await open();
    const custody = inSoftware(all, software);
    // Imported keys are imported into the token.
    const { importKey } = custody;
    return new Proxy(keepingBlobs(custody, await wrappingBy(custody)), {
      get: (target, name) => (name === 'importKey' ? importKey : (Reflect.get(target, name, target) as unknown)),
    });
  },
  lacks: ['AES-KWP'],
});

describe('a key in software', () => {
  let custody: Custody;
  let wrapping: Wrapping;
  let logger: ReturnType<typeof listeningLogger>;
  beforeAll(async () => {
    ({ all: custody, logger } = await open());
    wrapping = await wrappingBy(custody);
  });
  afterAll(() => custody.close());

  const made = async (ref: KeyRef): Promise<{ ref: KeyRef; spki: Buffer }> => {
    const value = await custody.generate(inTime(), { ref, wrapping, custody: 'software' });
    if (value.wrapped === null) throw new Error('nothing is sealed');
    const kept = { ...ref, wrapped: { ...value.wrapped, wrapping }, sealed: value.sealed };
    return { ref: kept, spki: Buffer.from(value.spki ?? []) };
  };
  const ed25519 = () => made(newRef('Ed25519', 'sign'));
  const signs = async ({ ref, spki }: { ref: KeyRef; spki: Buffer }): Promise<boolean> => {
    const value = await custody.sign(inTime(), ref, { scheme: 'eddsa' }, Buffer.from('x'));
    return verify(null, Buffer.from('x'), { key: spki, format: 'der', type: 'spki' }, value);
  };
  /** The key as another process sees it, with nothing of it in memory. */
  const afresh = (key: { ref: KeyRef; spki: Buffer }, change: Partial<KeyRef> = {}) => {
    custody.forgetUnwrapped('all');
    return { ...key, ref: { ...key.ref, ...change } };
  };

  it('is made only for algorithms that the token lacks', async () => {
    expect((await custody.capability(inTime(), 'Ed25519', 'sign', 'software')).algs).toEqual(['EdDSA', 'Ed25519']);
    expect((await custody.capability(inTime(), 'Ed25519', 'sign')).algs).toEqual([]);
    for (const [algorithm, purpose] of [
      ['EC-P256', 'sign'],
      ['AES-256', 'encrypt'],
      ['AES-256', 'wrap'],
    ] as const)
      expect(await codeOf(custody.capability(inTime(), algorithm, purpose, 'software'))).toBe('algorithm-unavailable');
  });

  it('can be used with the HSM and cannot be read at rest', async () => {
    const key = await ed25519();
    expect(await signs(key)).toBe(true);
    expect(await signs(afresh(key))).toBe(true);
    const { sealed = Buffer.of() } = key.ref;
    const header = generateKeyPairSync('ed25519').privateKey.export({ format: 'der', type: 'pkcs8' }).subarray(0, 16);
    expect(Buffer.from(sealed).includes(header)).toBe(false);
    expect(sealed).toHaveLength(48 + 12 + 16);
  });

  it('is refused unless it was sealed for that very key', async () => {
    const [key, other] = [await ed25519(), await ed25519()];
    const flipped = Uint8Array.from(key.ref.sealed ?? []);
    flipped[20] = (flipped[20] ?? 0) ^ 1;
    expect(JSON.stringify(logger.lines)).not.toContain('alarm');
    expect(await codeOf(signs(afresh(key, { sealed: flipped })))).toBe('key-blob-refused');
    expect(JSON.stringify(logger.lines)).toContain('"alarm":"key-blob-refused"');
    expect(await codeOf(signs(afresh(key, { sealed: other.ref.sealed })))).toBe('key-blob-refused');
    expect(await codeOf(signs(afresh(key, { wrapped: other.ref.wrapped })))).toBe('key-blob-refused');
    expect(await codeOf(signs(afresh(key, { sealed: Buffer.of() })))).toBe('key-blob-refused');
    expect(await codeOf(signs(afresh(key, { purpose: 'encrypt' })))).toBe('key-blob-refused');
    const { wrapped } = key.ref;
    if (wrapped === undefined) throw new Error('not sealed');
    const elsewhere = { ...wrapped, wrapping: { ...wrapping, version: 2 } };
    expect(await codeOf(signs(afresh(key, { wrapped: elsewhere })))).toBe('key-blob-refused');
    // The data key is not a caller's key.
    const direct: KeyRef = { ...newRef('AES-256', 'encrypt', 'dir'), wrapped };
    expect(await codeOf(custody.sealGcm(inTime(), direct, Buffer.of(), Buffer.of()))).toBe('key-blob-refused');
    expect(await signs(afresh(key))).toBe(true);
  });

  it('in use does not reveal its plaintext to another row with its id', async () => {
    const [mine, hot] = [await ed25519(), await ed25519()];
    expect(await signs(hot)).toBe(true);
    const moved: KeyRef = { ...mine.ref, objectId: hot.ref.objectId };
    expect(await signs({ ref: moved, spki: hot.spki })).toBe(false);
    expect(await signs({ ref: moved, spki: mine.spki })).toBe(true);
    const changed = (change: Partial<KeyRef>) => codeOf(signs({ ...hot, ref: { ...hot.ref, ...change } }));
    expect(await changed({ sealed: mine.ref.sealed })).toBe('key-blob-refused');
    expect(await changed({ wrapped: mine.ref.wrapped })).toBe('key-blob-refused');
    expect(await changed({ wrapped: undefined })).toBe('key-not-found');
    expect(await changed({ purpose: 'encrypt' })).toBe('key-blob-refused');
    expect(await signs(hot)).toBe(true);
  });

  it('is used in its tenant’s turn, and opened again if it was wiped in between', async () => {
    const key = await ed25519();
    expect(await signs(key)).toBe(true);
    const order: string[] = [];
    const sign = async (tenantId: string): Promise<void> => {
      const budget = { ...inTime(), tenantId };
      const value = await custody.sign(budget, key.ref, { scheme: 'eddsa' }, Buffer.from('x'));
      expect(verify(null, Buffer.from('x'), { key: key.spki, format: 'der', type: 'spki' }, value)).toBe(true);
      order.push(tenantId);
    };
    const all = [...Array.from({ length: 40 }, () => sign('a')), sign('b')];
    await Promise.all(all);
    expect(order.indexOf('b')).toBeLessThan(10);
    const waiting = sign('c');
    custody.forgetUnwrapped('all');
    await waiting;
    expect(order.at(-1)).toBe('c');
  });

  it('outlives its KEK once the data key is rewrapped', async () => {
    const key = await ed25519();
    const kek = newPlatformRef('kek', wrapping.tenantId, 2);
    const next: Wrapping = { ...wrapping, kek: kek.objectId, kekGeneration: 2 };
    await custody.generatePlatformKey(inTime(), kek);
    const value = await custody.rewrap(inTime(), key.ref, next);
    expect(await signs(afresh(key, { wrapped: { ...value, wrapping: next } }))).toBe(true);
    await destroyedPlatformKey(custody, kek);
    expect(await codeOf(signs(afresh(key, { wrapped: { ...value, wrapping: next } })))).toBe('key-not-found');
  });
});

it('does not exist if the token is known to be unable to seal keys', async () => {
  const vault = (lack: boolean) => ({ knownUnable: () => lack, able: async () => !lack }) as unknown as Vault;
  expect(new SoftwareCustody(vault(false)).known('Ed25519', 'sign').algs).toEqual(['EdDSA', 'Ed25519']);
  const unable = new SoftwareCustody(vault(true));
  expect(unable.known('Ed25519', 'sign').algs).toEqual([]);
  expect(unable.capabilities().flatMap(({ algs }) => algs)).toEqual([]);
  expect(await codeOf(unable.capability(inTime(), 'Ed25519', 'sign'))).toBe('algorithm-unavailable');
});

describe('keys in memory', () => {
  const ids: Readonly<Record<string, Buffer>> = { a: Buffer.of(1), b: Buffer.of(2), c: Buffer.of(3) };
  const put = (keys: UnsealedKeys, name: string): Buffer => {
    const secret = Buffer.alloc(4, 7);
    keys.put(name, ids[name] ?? Buffer.of(), secret);
    return secret;
  };
  const wiped = Buffer.alloc(4);

  it('are limited in number: the least recently used key is wiped', () => {
    const keys = new UnsealedKeys(2);
    const [first, second] = [put(keys, 'a'), put(keys, 'b')];
    expect(keys.get('a')).toBe(first);
    const third = put(keys, 'c');
    expect([keys.get('b'), second]).toEqual([undefined, wiped]);
    expect([keys.get('a'), keys.get('c')]).toEqual([first, third]);
    expect(first).not.toEqual(wiped);
  });

  it('are wiped when they are forgotten or replaced', () => {
    const keys = new UnsealedKeys(2);
    const [first, again] = [put(keys, 'a'), put(keys, 'a')];
    expect([first, keys.get('a')]).toEqual([wiped, again]);
    keys.forget([Buffer.of(9), Buffer.of(1)]);
    expect([again, keys.get('a')]).toEqual([wiped, undefined]);
    const other = put(keys, 'b');
    keys.forget('all');
    expect([other, keys.get('b')]).toEqual([wiped, undefined]);
  });

  it('are wiped after a while without use, whatever the reason', () => {
    vi.useFakeTimers();
    try {
      const keys = new UnsealedKeys(4);
      const [idle, used] = [put(keys, 'a'), put(keys, 'b')];
      vi.advanceTimersByTime(200_000);
      expect(keys.get('b')).toBe(used);
      vi.advanceTimersByTime(200_000);
      expect([idle, keys.get('a')]).toEqual([wiped, undefined]);
      expect(used).not.toEqual(wiped);
      vi.advanceTimersByTime(200_000);
      expect([used, keys.get('b')]).toEqual([wiped, undefined]);
      const late = put(keys, 'c');
      vi.advanceTimersByTime(300_000);
      expect(late).toEqual(wiped);
    } finally {
      vi.useRealTimers();
    }
  });
});

describe('signatures that take long', () => {
  it('are made one at a time, those of a tenant that sends many behind those of another, and none too late', async () => {
    const { all: custody, software } = await open();
    const wrapping = await wrappingBy(custody);
    const ref = newRef('SLH-DSA-SHA2-128s', 'sign');
    const { wrapped, sealed } = await custody.generate(inTime(), { ref, wrapping, custody: 'software' });
    if (wrapped === null || sealed === undefined) throw new Error('nothing is sealed');
    const stored = { ...ref, wrapped: { ...wrapped, wrapping }, sealed };
    const order: string[] = [];
    const signFor = async (tenantId: string, ms?: number): Promise<void> => {
      await software.sign({ ...inTime(ms), tenantId }, stored, { scheme: 'slh-dsa' }, Buffer.from('x'));
      order.push(tenantId);
    };
    await signFor('first');
    const many = Array.from({ length: 8 }, () => signFor('many'));
    const late = Array.from({ length: 200 }, () => codeOf(signFor('late', 1)));
    await Promise.all([...many, signFor('few')]);
    expect(order.indexOf('few')).toBeLessThan(5);
    expect(new Set(await Promise.all(late))).toEqual(new Set(['hsm-timeout']));
    await custody.close();
  });
});
