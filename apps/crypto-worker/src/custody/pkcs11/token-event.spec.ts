import { createECDH, createHash, randomBytes, verify } from 'node:crypto';
import { behindShim, enterToken, listeningLogger, partitionOn, type TokenEvent } from '@ankasecure/testing';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { codeOf, inTime, newRef, publicKeyOf } from '../custody.conformance.js';
import type { Custody, KeyRef } from '../custody.js';
import { keepingBlobs, wrappingBy } from '../testing/keeping-blobs.js';
import { type CkrName, ckr } from './cryptoki/ckr.js';
import { actionFor } from './cryptoki/error-policy.js';
import { openBothCustodies } from './wrapped-custody.js';

const { token, shim, remove } = behindShim(enterToken());
afterAll(remove);

const events: readonly TokenEvent[] = ['restart', 'lose-sessions', 'log-out', 'renew-handles'];
const input = randomBytes(32);

/** The errors that blame the data of a caller. Tokens give some of them where the key is gone. */
const blaming = (Object.keys(ckr) as CkrName[]).filter((name) =>
  actionFor(ckr[name], 'caller-data').startsWith('bad-data'),
);
/** The events after which no handle stands for its key. */
const losing: readonly TokenEvent[] = ['restart', 'log-out'];
/** Uses whose first call of the token carries data of the caller. */
const carrying = ['unwrap', 'agree'] as const;

/** One use of a key: the last call of the token that it makes, and how it is used again and again. */
interface Use {
  readonly name: string;
  readonly lastCall: string;
  readonly ref: () => KeyRef;
  /** @param spki that of a pair. @returns uses the key again, and checks the result */
  readonly once: (custody: Custody, ref: KeyRef, spki: Uint8Array | null) => Promise<() => Promise<unknown>>;
}

const uses: readonly Use[] = [
  {
    name: 'sign',
    lastCall: 'C_Sign',
    ref: () => newRef('EC-P256', 'sign'),
    once: async (custody, ref, spki) => {
      const key = { key: publicKeyOf(spki), dsaEncoding: 'ieee-p1363' } as const;
      return async () => {
        const digest = createHash('sha256').update(input).digest();
        const signature = await custody.sign(inTime(), ref, { scheme: 'ecdsa' }, digest);
        expect(verify('sha256', input, key, signature)).toBe(true);
      };
    },
  },
  {
    name: 'seal',
    lastCall: 'C_Encrypt',
    ref: () => newRef('AES-256', 'encrypt', 'dir'),
    once: async (custody, ref) => async () => {
      const sealed = await custody.sealGcm(inTime(), ref, input, input);
      expect(Buffer.from(await custody.openGcm(inTime(), ref, sealed, input))).toEqual(input);
    },
  },
  {
    name: 'open',
    lastCall: 'C_Decrypt',
    ref: () => newRef('AES-256', 'encrypt', 'dir'),
    once: async (custody, ref) => {
      const sealed = await custody.sealGcm(inTime(), ref, input, input);
      return async () => expect(Buffer.from(await custody.openGcm(inTime(), ref, sealed, input))).toEqual(input);
    },
  },
  {
    name: 'unwrap',
    lastCall: 'C_UnwrapKey',
    ref: () => newRef('AES-256', 'encrypt', 'A256KW'),
    once: async (custody, ref) => {
      const wrapped = await custody.wrapCek(inTime(), ref, input);
      return async () => expect(Buffer.from(await custody.unwrapCek(inTime(), ref, wrapped))).toEqual(input);
    },
  },
  {
    name: 'agree',
    lastCall: 'C_DeriveKey',
    ref: () => newRef('EC-P256', 'encrypt', 'ECDH-ES+A256KW'),
    once: async (custody, ref) => {
      const peer = createECDH('prime256v1').generateKeys();
      const z = await custody.agree(inTime(), ref, peer);
      return async () => expect(await custody.agree(inTime(), ref, peer)).toEqual(z);
    },
  },
];

/** Only the test's calls reach the token, so that each event comes when the test says. */
const tuning = {
  healthMs: 3_600_000,
  doubtMs: 3_600_000,
  hangMs: 3_600_000,
  longSelfTests: false,
  reinitialiseFirstMs: 10,
};

describe.each(['token', 'wrapped'] as const)('a use of a warm key of custody %s', (kind) => {
  let custody: Custody;
  const warm = new Map<string, () => Promise<unknown>>();
  beforeAll(async () => {
    const partition = { ...partitionOn(token), libraryPath: shim.libraryPath, sessionPoolSize: 1 };
    const both = await openBothCustodies(partition, listeningLogger(), { tuning });
    custody = kind === 'token' ? both.token : keepingBlobs(both.wrapped, await wrappingBy(both.wrapped));
    for (const { name, ref: newOne, once } of uses) {
      const ref = newOne();
      const { spki } = await custody.generate(inTime(), { ref });
      warm.set(name, await once(custody, ref, spki));
    }
  });
  afterAll(() => custody.close());

  describe.each(events)('notices nothing of %s', (event) => {
    it.each(uses.map((use) => [use.name, use] as const))('before it begins to %s', async (name) => {
      for (const { name: each } of uses) await warm.get(each)?.();
      shim.happen(event);
      await warm.get(name)?.();
      expect(custody.healthy()).toBe(true);
    });

    it.each(uses.map((use) => [use.name, use] as const))('in the middle of it, to %s', async (name, { lastCall }) => {
      for (const { name: each } of uses) await warm.get(each)?.();
      const before = shim.calls(lastCall);
      shim.inject({ [lastCall]: 'hang*1' });
      const used = warm.get(name)?.();
      await expect.poll(() => shim.calls(lastCall), { interval: 10 }).toBeGreaterThan(before);
      shim.happen(event);
      shim.inject({});
      await used;
      expect(custody.healthy()).toBe(true);
    });
  });

  describe.each(carrying)('whose token has lost it, to %s', (name) => {
    const { lastCall } = uses.find((use) => use.name === name) ?? expect.unreachable();
    const loseWith = async (fault: string, event: TokenEvent): Promise<unknown> => {
      for (const { name: each } of uses) await warm.get(each)?.();
      shim.inject({ [lastCall]: fault });
      shim.happen(event);
      return warm.get(name)?.();
    };
    afterEach(() => {
      shim.inject({});
    });

    it.each(blaming)('notices nothing of a token that answers %s', async (code) => {
      for (const event of losing) await loseWith(`${ckr[code]}*1`, event);
      expect(custody.healthy()).toBe(true);
    });

    it('is told of a fault of the HSM if the token goes on so', async () => {
      const told = await codeOf(loseWith(String(ckr.GENERAL_ERROR), 'log-out'));
      shim.inject({});
      // Where the key is found again and the token refuses the data once more, nothing speaks against the token.
      expect(kind === 'wrapped' && name === 'unwrap' ? ['hsm-error', 'hsm-unavailable'] : [told]).toContain(told);
    });
  });
});
