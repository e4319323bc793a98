import type { ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { enterToken, forkSource, listeningLogger, partitionOn, tellProcess } from '@ankasecure/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { codeOf, destroyed, inTime, newRef } from '../custody.conformance.js';
import type { KeyRef } from '../custody.js';
import type { Order, ToldKey } from './other-process.fixture.js';
import { openPkcs11Custody, type Pkcs11Custody } from './pkcs11-custody.js';

const quick = { tuning: { longSelfTests: false } };
const token = enterToken();
let here: Pkcs11Custody;
let there: ChildProcess;

const toldOf = ({ owner, objectId }: KeyRef): ToldKey => ({ owner, id: Buffer.from(objectId).toString('hex') });
const tell = (order: Order): Promise<unknown> => tellProcess(there, order);

beforeAll(async () => {
  here = await openPkcs11Custody(partitionOn(token), listeningLogger(), quick);
  there = forkSource(new URL('./other-process.fixture.ts', import.meta.url));
  expect(await tell({ open: partitionOn(token) })).toBe('open');
});
afterAll(async () => {
  there.kill();
  await here.close();
  token.remove();
});

describe('two workers on one token', () => {
  it('see each other’s new keys at once, both ways', async () => {
    for (let round = 0; round < 5; round++) {
      const ref = newRef('EC-P256', 'sign');
      await here.generate(inTime(), { ref });
      expect(await tell({ sign: toldOf(ref) })).toMatch(/^[0-9a-f]{128}$/);
      const back = newRef('EC-P256', 'sign');
      expect(await tell({ generate: toldOf(back) })).toBe('done');
      expect(await here.sign(inTime(), back, { scheme: 'ecdsa' }, randomBytes(32))).toHaveLength(64);
    }
  });

  it('see each other’s new keys complete, even if they looked while the keys were made', async () => {
    let making = true;
    const lookForNothing = async (): Promise<void> => {
      while (making) expect(await destroyed(here, newRef('EC-P256', 'sign'))).toBe(0);
    };
    const looks = Array.from({ length: 3 }, lookForNothing);
    try {
      for (let round = 0; round < 50; round++) {
        const ref = newRef('EC-P256', 'sign');
        expect(await tell({ generate: toldOf(ref) })).toBe('done');
        const sign = () => here.sign(inTime(), ref, { scheme: 'ecdsa' }, randomBytes(32));
        expect(await Promise.all(Array.from({ length: 16 }, sign))).toHaveLength(16);
      }
    } finally {
      making = false;
      await Promise.all(looks);
    }
  });

  it('a key destroyed by one is gone for the other, with or without a cached handle', async () => {
    const ref = newRef('EC-P256', 'sign');
    await here.generate(inTime(), { ref });
    await here.sign(inTime(), ref, { scheme: 'ecdsa' }, randomBytes(32));
    expect(await tell({ destroy: toldOf(ref) })).toBe('done');
    expect(await codeOf(here.sign(inTime(), ref, { scheme: 'ecdsa' }, randomBytes(32)))).toBe('key-not-found');
    expect(await tell({ sign: toldOf(ref) })).toBe('key-not-found');
  });

  it('share one canary', async () => {
    expect(here.healthy()).toBe(true);
    const ref = newRef('EC-P256', 'sign');
    expect(await tell({ sign: toldOf(ref) })).toBe('key-not-found');
  });
});
