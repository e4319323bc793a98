import { setTimeout as sleep } from 'node:timers/promises';
import type { AlgorithmName, Purpose } from '@ankasecure/algorithm';
import { evaluate } from '@ankasecure/policy-rules';
import { describe, expect, it } from 'vitest';
import { codeOf, inTime } from '../../custody.conformance.js';
import { ckm, type MechanismList, mechanismFlag } from '../cryptoki/mechanism.js';
import { shapeOf } from '../job/shape-of.js';
import type { SelfTestSpec } from '../operation/self-test.js';
import type { SelfTestFailure } from '../operation/self-test-failure.js';
import { chooseProfile, settleProfile } from '../profile/profile.js';
import { Capabilities } from './capabilities.js';
import { lackingToTry } from './lack.js';
import type { RunSelfTest } from './settle-self-test.js';

const all = { flags: 0xfffff, minKeySize: 0, maxKeySize: 0 };
const everything: MechanismList = new Map(Object.values(ckm).map((mechanism) => [mechanism, all]));
const passing: RunSelfTest = async ({ algs }) => Object.fromEntries(algs.map(({ alg }) => [alg, null]));
const pauses = { retestFirstMs: 40, retestMaxMs: 80 };

const prepared = (listed: MechanismList, run: RunSelfTest, profile = 'generic') =>
  new Capabilities(chooseProfile(profile, []), listed, run, () => undefined, pauses);

const capabilitiesOf = async (listed: MechanismList, run: RunSelfTest = passing) => {
  const capabilities = prepared(listed, run);
  await capabilities.start(true);
  return capabilities;
};

const isFor = ({ shape }: SelfTestSpec, kind: string, bits: number): boolean =>
  shape.kind === kind && shape.bits === bits && shape.purpose === 'sign';

describe('capabilities', () => {
  it('exclude algorithms that the token does not list, without a test', async () => {
    const tested: string[] = [];
    const listed = new Map([
      [ckm.EC_KEY_PAIR_GEN, all],
      [ckm.ECDSA, all],
      [ckm.RSA_PKCS_KEY_PAIR_GEN, all],
      [ckm.RSA_PKCS, all],
    ]);
    const capabilities = await capabilitiesOf(listed, (spec) => {
      tested.push(...spec.algs.map(({ alg }) => `${spec.shape.kind}${spec.shape.bits} ${alg}`));
      return passing(spec);
    });
    expect((await capabilities.of(inTime(), 'EC-P384', 'sign')).algs).toEqual(['ES384']);
    const rsa = await capabilities.of(inTime(), 'RSA-4096', 'sign');
    expect(rsa.algs).toEqual(['RS256', 'RS384', 'RS512']);
    expect(rsa.excluded.map(({ alg, code }) => `${alg} ${code}`)).toEqual(
      ['PS256', 'PS384', 'PS512'].map((alg) => `${alg} token-lacks-mechanism`),
    );
    expect((await capabilities.of(inTime(), 'AES-256', 'encrypt')).excluded.map(({ code }) => code)).toEqual([
      'token-lacks-mechanism',
      'token-lacks-mechanism',
    ]);
    expect(tested.some((test) => test.startsWith('aes') || test.includes('PS'))).toBe(false);
  });

  it('respect flags and sizes of a listed mechanism', async () => {
    const listed = new Map([
      [ckm.EC_KEY_PAIR_GEN, all],
      [ckm.ECDSA, { ...all, flags: 0xfffff & ~mechanismFlag.sign }],
      [ckm.RSA_PKCS_KEY_PAIR_GEN, { ...all, minKeySize: 2048, maxKeySize: 3072 }],
      [ckm.RSA_PKCS, all],
    ]);
    const capabilities = await capabilitiesOf(listed);
    expect((await capabilities.of(inTime(), 'EC-P256', 'sign')).excluded).toMatchObject([
      { code: 'token-lacks-mechanism' },
    ]);
    expect((await capabilities.of(inTime(), 'RSA-3072', 'sign')).algs).toContain('RS256');
    expect((await capabilities.of(inTime(), 'RSA-4096', 'sign')).algs).toEqual([]);
  });

  it('require that a key for wrap can be imported and can unwrap', async () => {
    const lackOf = async (...lacking: number[]) => {
      const listed = new Map([...everything].filter(([mechanism]) => !lacking.includes(mechanism)));
      const profile = settleProfile(chooseProfile('generic', []), listed);
      const capabilities = new Capabilities(profile, listed, passing, () => undefined, pauses);
      await capabilities.start(true);
      return (await capabilities.of(inTime(), 'AES-128', 'wrap')).excluded.map(({ detail }) => detail);
    };
    expect(await lackOf()).toEqual([]);
    expect(await lackOf(ckm.AES_KEY_GEN)).toEqual([]);
    expect(await lackOf(ckm.RSA_PKCS_OAEP)).toEqual(['the token lists no mechanism 0x9']);
    expect(await lackOf(ckm.AES_KEY_WRAP)).toEqual(['the token lists no mechanism 0x2109']);
    expect(await lackOf(ckm.AES_KEY_WRAP_KWP, ckm.AES_KEY_WRAP_PAD)).toEqual([
      'the token does not support AES key wrap with padding',
    ]);
  });

  it('require the mechanisms that an imported key is tried with, in addition to its own purpose', () => {
    const lackOf = (algorithm: AlgorithmName, purpose: Purpose, profile = 'generic', ...lacking: number[]) => {
      const listed = new Map([...everything].filter(([mechanism]) => !lacking.includes(mechanism)));
      return lackingToTry(shapeOf(algorithm, purpose, null), chooseProfile(profile, []), listed);
    };
    expect(lackOf('EC-P256', 'sign')).toBeNull();
    expect(lackOf('EC-P256', 'sign', 'generic', ckm.ECDH1_DERIVE)).toBe('the token lists no mechanism 0x1050');
    expect(lackOf('EC-P256', 'encrypt', 'generic', ckm.ECDSA)).toBe('the token lists no mechanism 0x1041');
    expect(lackOf('RSA-2048', 'encrypt', 'generic', ckm.RSA_PKCS)).toBe('the token lists no mechanism 0x1');
    expect(lackOf('AES-256', 'encrypt', 'generic', ckm.AES_KEY_WRAP)).toBeNull();
    expect(lackOf('AES-256', 'wrap', 'generic', ckm.AES_KEY_WRAP)).toBe('the token lists no mechanism 0x2109');
    expect(lackOf('AES-256', 'wrap', 'google')).toMatch(/cannot create objects/);
  });

  it('answer for pairs that do not exist', async () => {
    expect(await (await capabilitiesOf(new Map())).of(inTime(), 'Ed25519', 'mac')).toMatchObject({
      algs: [],
      excluded: [],
    });
  });
});

describe('a step that would run outside the token', () => {
  const step = (run: RunSelfTest, listed = everything, profile = 'softhsm') => {
    const capabilities = prepared(listed, run, profile);
    void capabilities.start(true);
    return capabilities;
  };
  const failing: RunSelfTest = async ({ algs }) =>
    Object.fromEntries(algs.map(({ alg }) => [alg, { cause: 'refused', reason: 'C_Decrypt' }]));

  it.each([
    ['has not been tested', () => new Promise<never>(() => undefined)],
    ['failed its test', failing],
    ['passed its test', passing],
  ] as const)('is known for a token that %s, and FIPS-only refuses it', async (_, run) => {
    const capabilities = step(run);
    await sleep(1);
    for (const algorithm of ['RSA-2048', 'RSA-3072', 'RSA-4096'] as const) {
      const { outsideSteps } = capabilities.now(algorithm, 'encrypt');
      expect(outsideSteps).toEqual(['oaep-unpadding']);
      const policy = { allowedAlgorithms: [algorithm], fipsOnly: true };
      const request = { algorithm, purpose: 'encrypt', use: 'process', custody: 'token', outsideSteps } as const;
      expect(evaluate(policy, request, 0).allow).toBe(false);
    }
    expect(capabilities.now('RSA-3072', 'sign').outsideSteps).toEqual([]);
  });

  it('is absent if the token unpads itself or cannot decrypt', () => {
    expect(step(passing, everything, 'luna').now('RSA-3072', 'encrypt').outsideSteps).toEqual([]);
    expect(step(passing, new Map()).now('RSA-3072', 'encrypt').outsideSteps).toEqual([]);
  });
});

describe('a caller that needs a self-test that has not run', () => {
  it('starts it, before tests that nobody waits for', async () => {
    const begun: number[] = [];
    const capabilities = prepared(everything, (spec) => {
      if (spec.shape.kind === 'rsa' && spec.shape.bits > 2048) begun.push(spec.shape.bits);
      return passing(spec);
    });
    await capabilities.start(false);
    expect(capabilities.now('RSA-4096', 'sign').excluded[0]?.code).toBe('self-test-pending');
    expect((await capabilities.of(inTime(), 'RSA-4096', 'sign')).algs).toContain('PS256');
    expect((await capabilities.of(inTime(), 'RSA-4096', 'sign')).algs).toContain('PS256');
    expect(begun).toEqual([4096]);
    expect(capabilities.now('RSA-4096', 'sign')).toBe(capabilities.now('RSA-4096', 'sign'));
  });

  it('waits until its deadline and no longer', async () => {
    const capabilities = prepared(everything, (spec) =>
      isFor(spec, 'rsa', 4096) ? new Promise<never>(() => undefined) : passing(spec),
    );
    await capabilities.start(true);
    // The self-test never ends.
    expect(await codeOf(capabilities.of(inTime(50), 'RSA-4096', 'sign'))).toBe('hsm-timeout');
    expect(await codeOf(capabilities.of(inTime(-1), 'RSA-4096', 'sign'))).toBe('hsm-timeout');
  });
});

describe('a failed self-test', () => {
  /** Fails for PS256 of one key while `failure` returns a failure. */
  const broken = (failure: () => SelfTestFailure | null) => {
    const asked: string[][] = [];
    const run: RunSelfTest = async (spec) => {
      const result = await passing(spec);
      if (!isFor(spec, 'rsa', 2048)) return result;
      asked.push(spec.algs.map(({ alg }) => alg));
      return spec.algs.some(({ alg }) => alg === 'PS256') ? { ...result, PS256: failure() } : result;
    };
    return { asked, run };
  };
  const trouble: SelfTestFailure = { cause: 'trouble', reason: 'C_SignInit: CKR_GENERAL_ERROR' };
  const refused: SelfTestFailure = { cause: 'refused', reason: 'C_SignInit: CKR_MECHANISM_INVALID' };
  const wrong: SelfTestFailure = { cause: 'wrong', reason: 'the signature does not verify' };

  it('in trouble is repeated only for the algorithms that failed', async () => {
    const failures = [trouble, trouble, null];
    const { asked, run } = broken(() => failures.shift() ?? null);
    const capabilities = await capabilitiesOf(everything, run);
    expect(capabilities.now('RSA-2048', 'sign').excluded).toEqual([]);
    expect(asked.slice(1)).toEqual([['PS256'], ['PS256']]);
  });

  it('in lasting trouble excludes only that algorithm', async () => {
    const { asked, run } = broken(() => trouble);
    const { algs, excluded } = (await capabilitiesOf(everything, run)).now('RSA-2048', 'sign');
    expect(algs).toEqual(['RS256', 'RS384', 'RS512', 'PS384', 'PS512']);
    expect(excluded).toEqual([
      { alg: 'PS256', code: 'self-test-failed', detail: 'the self-test failed on this token' },
    ]);
    expect(asked).toHaveLength(3);
  });

  it.each([
    ['trouble', trouble],
    ['a refusal', refused],
  ] as const)('in %s is retried once the token has passed the canary', async (_, failure) => {
    let failed: SelfTestFailure | null = failure;
    const { asked, run } = broken(() => failed);
    const capabilities = await capabilitiesOf(everything, run);
    /** Reports passed canaries until `count` tests have run. */
    const round = async (count: number): Promise<string[][]> => {
      const before = asked.length;
      const proveUntil = (): boolean => {
        if (asked.length - before >= count) return true;
        capabilities.tokenProved();
        return false;
      };
      await expect.poll(proveUntil, { interval: 10 }).toBe(true);
      return asked.slice(before);
    };
    const attempts = Array.from({ length: failure === trouble ? 3 : 1 }, () => ['PS256']);
    expect(await round(attempts.length)).toEqual(attempts);
    expect(await round(attempts.length)).toEqual(attempts);
    failed = null;
    expect(await round(1)).toEqual([['PS256']]);
    await expect.poll(() => capabilities.now('RSA-2048', 'sign').excluded).toEqual([]);
    const tests = asked.length;
    await sleep(100);
    capabilities.tokenProved();
    await sleep(5);
    expect(asked).toHaveLength(tests);
  });

  it('does not repeat before the pause has ended', async () => {
    const { asked, run } = broken(() => refused);
    const capabilities = new Capabilities(chooseProfile('generic', []), everything, run, () => undefined, {
      retestFirstMs: 60_000,
      retestMaxMs: 60_000,
    });
    await capabilities.start(true);
    for (let time = 0; time < 5; time++) {
      capabilities.tokenProved();
      await sleep(5);
    }
    expect(asked).toHaveLength(2);
  });

  it('with a wrong answer is final, and is described in our own words', async () => {
    const { asked, run } = broken(() => wrong);
    const capabilities = await capabilitiesOf(everything, run);
    capabilities.tokenProved();
    await sleep(5);
    expect(asked).toHaveLength(1);
    expect(capabilities.now('RSA-2048', 'sign').excluded).toEqual([
      {
        alg: 'PS256',
        code: 'self-test-failed',
        detail: 'the self-test failed on this token: the signature does not verify',
      },
    ]);
  });
});
