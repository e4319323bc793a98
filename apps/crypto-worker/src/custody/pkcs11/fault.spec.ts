import { createECDH, randomBytes } from 'node:crypto';
import type { AlgorithmName } from '@ankasecure/algorithm';
import { behindShim, enterToken, listeningLogger, partitionOn } from '@ankasecure/testing';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { codeOf, destroyed, inTime, newRef } from '../custody.conformance.js';
import { StillRunning } from '../custody.js';
import { openPkcs11Custody, PinRefused, type Pkcs11Custody } from './pkcs11-custody.js';
import type { Pkcs11Options } from './profile/config.js';

const { token, shim, remove } = behindShim(enterToken());
afterAll(remove);
afterEach(() => {
  shim.inject({});
});

const fatal: string[] = [];
const opened: Promise<Pkcs11Custody>[] = [];
/** Closes all custodies. A library serves one partition per process, so a failed test must not block the next one. */
const closeAll = async (): Promise<void> => {
  for (const custody of await Promise.allSettled(opened.splice(0)))
    if (custody.status === 'fulfilled') await custody.value.close();
};
const tuning = { reinitialiseFirstMs: 10, reinitialiseMaxMs: 50, probeMs: 10, watchMs: 10, longSelfTests: false };
const open = (changes: object = {}, options: Pkcs11Options = {}) => {
  const logger = listeningLogger();
  const config = { ...partitionOn(token), libraryPath: shim.libraryPath, ...changes };
  const custody = openPkcs11Custody(config, logger, {
    onFatal: (reason) => fatal.push(reason),
    ...options,
    tuning: { ...tuning, ...options.tuning },
  });
  opened.push(custody);
  return { logger, custody };
};

const ecdsa = { scheme: 'ecdsa' } as const;
const signing = newRef('EC-P256', 'sign');
const sign = (custody: Pkcs11Custody, ms?: number) => custody.sign(inTime(ms), signing, ecdsa, randomBytes(32));

/** The number of calls of each function while `work` ran. */
const callsDuring = async (names: readonly string[], work: () => Promise<unknown>): Promise<Record<string, number>> => {
  const before = names.map((name) => shim.calls(name));
  await work();
  return Object.fromEntries(names.map((name, index) => [name, shim.calls(name) - (before[index] ?? 0)]));
};

/** For what follows an outage: a new process may take long to start. */
const patience = { interval: 20 };

const until = (good: () => boolean): Promise<void> => expect.poll(good, patience).toBe(true);

/** Only the first canary runs, so that counted and injected calls are the test's alone. */
const undisturbed = { tuning: { healthMs: 3_600_000, doubtMs: 3_600_000 } };

describe('a custody whose library fails now and then', () => {
  let custody: Pkcs11Custody;
  let logger: ReturnType<typeof listeningLogger>;
  const dir = newRef('AES-256', 'encrypt', 'dir');
  const kw = newRef('AES-256', 'encrypt', 'A256KW');
  const oaep = newRef('RSA-2048', 'encrypt', 'RSA-OAEP-256');
  const ecdh = newRef('EC-P256', 'encrypt', 'ECDH-ES+A256KW');

  beforeAll(async () => {
    const opening = open({ sessionPoolSize: 1 }, undisturbed);
    logger = opening.logger;
    custody = await opening.custody;
    for (const ref of [signing, dir, kw, oaep, ecdh]) await custody.generate(inTime(), { ref });
    await sign(custody);
  });
  afterAll(() => custody.close());

  const healed: readonly [string, Record<string, string>, Record<string, number>][] = [
    [
      'SESSION_HANDLE_INVALID: opens the session again',
      { C_SignInit: '0xb3*1' },
      { C_OpenSession: 1, C_SignInit: 2, C_Login: 0 },
    ],
    ['SESSION_CLOSED in the middle: opens the session again', { C_Sign: '0xb0*1' }, { C_OpenSession: 1, C_Sign: 2 }],
    ['KEY_HANDLE_INVALID: finds the key again', { C_SignInit: '0x60*1' }, { C_FindObjectsInit: 1, C_SignInit: 2 }],
    ['OBJECT_HANDLE_INVALID: finds the key again', { C_SignInit: '0x82*1' }, { C_FindObjectsInit: 1, C_SignInit: 2 }],
    [
      'GENERAL_ERROR on an Init: finds the key again',
      { C_SignInit: '0x5*1' },
      { C_FindObjectsInit: 1, C_SignInit: 2, C_Login: 0, C_Finalize: 0 },
    ],
    ['USER_NOT_LOGGED_IN: logs in once', { C_SignInit: '0x101*1' }, { C_Login: 1, C_SignInit: 2, C_Finalize: 0 }],
    [
      'DEVICE_REMOVED: initialises again',
      { C_Sign: '0x32*1' },
      { C_Finalize: 1, C_Initialize: 1, C_Login: 1, C_Sign: 2 },
    ],
    ['TOKEN_NOT_PRESENT: initialises again', { C_SignInit: '0xe0*1' }, { C_Finalize: 1, C_Initialize: 1 }],
    ['CRYPTOKI_NOT_INITIALIZED: initialises again', { C_SignInit: '0x190*1' }, { C_Finalize: 1, C_Initialize: 1 }],
  ];
  it.each(healed)('%s, and the caller notices nothing', async (_name, faults, expected) => {
    shim.inject(faults);
    const calls = await callsDuring(Object.keys(expected), async () => {
      expect(await sign(custody)).toHaveLength(64);
    });
    expect(calls).toEqual(expected);
    expect(custody.healthy()).toBe(true);
  });

  it('a find that fails with DEVICE_ERROR initialises again', async () => {
    shim.inject({ C_SignInit: '0x60*1', C_FindObjectsInit: '0x30*1' });
    const calls = await callsDuring(['C_Finalize', 'C_Initialize'], () => sign(custody));
    expect(calls).toEqual({ C_Finalize: 1, C_Initialize: 1 });
  });

  it('a backlog survives an initialisation', async () => {
    shim.inject({ C_Sign: '0x32*1' });
    const signed = await Promise.all(Array.from({ length: 200 }, () => sign(custody)));
    expect(signed.every((value) => value.length === 64)).toBe(true);
  });

  it('a failure that persists is hsm-error, once', async () => {
    shim.inject({ C_SignInit: '0xb3' });
    expect(await codeOf(sign(custody))).toBe('hsm-error');
    shim.inject({ C_SignInit: '0x60' });
    expect(await codeOf(sign(custody))).toBe('hsm-error');
    shim.inject({ C_Sign: '0x30*1' });
    expect(await codeOf(sign(custody))).toBe('hsm-error');
    shim.inject({});
    expect(await sign(custody)).toHaveLength(64);
    expect(custody.healthy()).toBe(true);
  });

  describe.each([
    ['GENERAL_ERROR', '0x5*1'],
    ['DEVICE_ERROR', '0x30*1'],
    ['ENCRYPTED_DATA_INVALID', '0x40*1'],
    ['WRAPPED_KEY_INVALID', '0x110*1'],
    ['MECHANISM_PARAM_INVALID', '0x71*1'],
    ['KEY_SIZE_RANGE', '0x62*1'],
    ['TEMPLATE_INCONSISTENT', '0xd1*1'],
    ['FUNCTION_REJECTED', '0x200*1'],
    ['a code of the vendor', '0x80000001*1'],
  ])('%s over the caller’s data', (_name, fault) => {
    it('is the same decryption-failed everywhere, and the service stays healthy', async () => {
      const sealed = await custody.sealGcm(inTime(), dir, randomBytes(3), randomBytes(9));
      const wrapped = await custody.wrapCek(inTime(), kw, randomBytes(32));
      const uses: [string, () => Promise<unknown>][] = [
        ['C_Decrypt', () => custody.openGcm(inTime(), dir, sealed, randomBytes(3))],
        ['C_UnwrapKey', () => custody.unwrapCek(inTime(), kw, wrapped)],
        ['C_Decrypt', () => custody.decryptOaep(inTime(), oaep, Buffer.alloc(256, 1))],
        ['C_DeriveKey', () => custody.agree(inTime(), ecdh, createECDH('prime256v1').generateKeys())],
      ];
      const calls = await callsDuring(['C_Finalize'], async () => {
        for (const [call, use] of uses) {
          shim.inject({ [call]: fault });
          await expect(use()).rejects.toMatchObject({ code: 'decryption-failed', detail: 'Decryption failed' });
        }
      });
      expect(calls).toEqual({ C_Finalize: 0 });
      expect(custody.healthy()).toBe(true);
      expect(await sign(custody)).toHaveLength(64);
    });
  });

  it('DEVICE_MEMORY on making a key is retried until it passes', async () => {
    shim.inject({ C_GenerateKeyPair: '0x31*3' });
    const ref = newRef('EC-P256', 'sign');
    const calls = await callsDuring(['C_GenerateKeyPair'], () => custody.generate(inTime(), { ref }));
    expect(calls).toEqual({ C_GenerateKeyPair: 4 });
  });

  it('GENERAL_ERROR on making a key: the key is made again once the first attempt’s remains are destroyed', async () => {
    shim.inject({ C_GenerateKeyPair: '0x5*2' });
    const ref = newRef('EC-P256', 'sign');
    const calls = await callsDuring(['C_GenerateKeyPair', 'C_FindObjectsInit', 'C_Finalize'], () =>
      custody.generate(inTime(), { ref }),
    );
    expect(calls).toEqual({ C_GenerateKeyPair: 3, C_FindObjectsInit: 5, C_Finalize: 0 });
    expect(await custody.sign(inTime(), ref, ecdsa, randomBytes(32))).toHaveLength(64);
  });

  it('GENERAL_ERROR on making a key that persists is hsm-error and leaves nothing', async () => {
    shim.inject({ C_GenerateKeyPair: '0x5' });
    const ref = newRef('EC-P256', 'sign');
    const calls = await callsDuring(['C_GenerateKeyPair'], async () => {
      expect(await codeOf(custody.generate(inTime(), { ref }))).toBe('hsm-error');
    });
    expect(calls).toEqual({ C_GenerateKeyPair: 3 });
    shim.inject({});
    expect(await destroyed(custody, ref)).toBe(0);
    await until(() => custody.healthy());
  });

  it('making a key is never repeated if it may have succeeded', async () => {
    shim.inject({ C_GenerateKeyPair: '0x32*1' });
    const calls = await callsDuring(['C_GenerateKeyPair'], async () => {
      expect(await codeOf(custody.generate(inTime(), { ref: newRef('EC-P256', 'sign') }))).toBe('hsm-unavailable');
      await sign(custody);
    });
    expect(calls).toEqual({ C_GenerateKeyPair: 1 });
  });

  it('logs name the call and the code, and neither PIN nor data', () => {
    const text = JSON.stringify(logger.lines);
    expect(text).toContain('CKR_');
    expect(text).not.toContain(token.pin);
  });

  it('never asks for the process to end', () => {
    expect(fatal).toEqual([]);
  });
});

describe('bad data', () => {
  afterEach(closeAll);

  it('makes the canary check the token, and a dead token is found', async () => {
    const custody = await open({ sessionPoolSize: 1 }, { tuning: { healthMs: 3_600_000 } }).custody;
    const dir = newRef('AES-256', 'encrypt', 'dir');
    await custody.generate(inTime(), { ref: dir });
    const sealed = await custody.sealGcm(inTime(), dir, randomBytes(3), randomBytes(9));
    shim.inject({ C_Decrypt: '0x30*2' });
    const finalized = shim.calls('C_Finalize');
    expect(await codeOf(custody.openGcm(inTime(), dir, sealed, randomBytes(3)))).toBe('decryption-failed');
    await until(() => shim.calls('C_Finalize') === finalized + 1);
    await until(() => custody.healthy());
    expect(await sign(custody)).toHaveLength(64);
  });
});

describe('a slow token', () => {
  afterEach(closeAll);

  it('has a lane for a tenant with few requests, beside one with many', async () => {
    const custody = await open({ sessionPoolSize: 4 }).custody;
    const signFor = (tenantId: string) =>
      custody.sign({ ...inTime(60_000), tenantId }, signing, ecdsa, randomBytes(32)).then(() => tenantId);
    shim.inject({ C_Sign: 'sleep:20' });
    // All lanes have started, and the duration of a signature is known.
    await Promise.all(Array.from({ length: 40 }, () => signFor('loud')));
    const [rounds, done] = [20, { loud: 0 }];
    await signFor('quiet');
    const flood = Promise.all(Array.from({ length: 400 }, () => signFor('loud').then(() => done.loud++)));
    for (let round = 0; round < rounds; round++) await signFor('quiet');
    // Three lanes do three jobs while the fourth does one. A tenant that waits for one of four lanes sees four jobs done
    // first, and more.
    expect(done.loud).toBeGreaterThan(rounds);
    expect(done.loud).toBeLessThan(4 * rounds);
    shim.inject({});
    await flood;
    expect(done.loud).toBe(400);
  });

  it('that makes one key at a time and slowly leaves a lane to signatures, and fails no key', async () => {
    const custody = await open().custody;
    const known = newRef('EC-P256', 'sign');
    await custody.generate(inTime(), { ref: known });
    shim.limit({ creationMicros: 300_000 });
    const refs = [1, 2, 3].flatMap(() => [newRef('EC-P256', 'sign'), newRef('HMAC-SHA256', 'mac')]);
    let made = 0;
    const making = Promise.all(refs.map((ref) => custody.generate(inTime(), { ref }).then(() => made++)));
    let signed = 0;
    for (; made < refs.length / 2; signed++) await custody.sign(inTime(), known, ecdsa, randomBytes(32));
    await making;
    shim.limit({});
    // Half of the keys still wait. If they could take both lanes, the first signature would have waited for them.
    expect(signed).toBeGreaterThan(4 * refs.length);
  });
});

describe('a library that hangs', () => {
  afterEach(closeAll);

  it('costs one hsm-timeout, and the lane recovers while others go on', async () => {
    const { custody: opening, logger } = open({ sessionTimeoutSeconds: 2 });
    const custody = await opening;
    await Promise.all([sign(custody), sign(custody)]);
    shim.inject({ C_Sign: 'sleep:5000*1' });
    const slept = performance.now();
    const outcomes = await Promise.all(
      Array.from({ length: 100 }, () => sign(custody).then(() => 'signed', codeOfError)),
    );
    expect(outcomes.filter((outcome) => outcome === 'hsm-timeout')).toHaveLength(1);
    expect(outcomes.filter((outcome) => outcome === 'signed')).toHaveLength(99);
    expect(logger.lines.some(({ message }) => message.includes('stuck'))).toBe(true);
    await new Promise((resolve) => setTimeout(resolve, Math.max(0, slept + 5500 - performance.now())));
    expect(await Promise.all(Array.from({ length: 50 }, () => sign(custody).then(() => 'signed')))).toHaveLength(50);
    expect(fatal).toEqual([]);
  });

  it('leaves the idle lanes to other callers, however many processors there are', async () => {
    const custody = await open({ sessionPoolSize: 6 }).custody;
    await Promise.all(Array.from({ length: 200 }, () => sign(custody)));
    await new Promise((resolve) => setTimeout(resolve, 300));
    shim.inject({ C_Sign: 'hang*4' });
    const answered: string[] = [];
    const hanging: Promise<unknown>[] = [];
    for (let lane = 0; lane < 4; lane++) {
      hanging.push(sign(custody).then(() => answered.push('hanging')));
      await new Promise((resolve) => setTimeout(resolve, 30));
    }
    await sign(custody);
    expect(answered).toEqual([]);
    shim.inject({});
    await Promise.all(hanging);
  });

  it('does not keep the rest of its batch waiting', async () => {
    const custody = await open().custody;
    await Promise.all(Array.from({ length: 200 }, () => sign(custody)));
    shim.inject({ C_Sign: 'hang*1' });
    let done = 0;
    const all = Promise.all(Array.from({ length: 60 }, () => sign(custody, 60_000).then(() => done++)));
    await expect.poll(() => done, patience).toBe(59);
    shim.inject({});
    await all;
  });

  it('answers a caller at its deadline, and runs no job that expired in the queue', async () => {
    const custody = await open({ sessionPoolSize: 1 }).custody;
    await sign(custody);
    shim.inject({ C_Sign: 'hang*1' });
    const calls = await callsDuring(['C_Sign'], async () => {
      const before = shim.calls('C_Sign');
      const first = codeOf(sign(custody, 1000));
      await until(() => shim.calls('C_Sign') > before);
      expect(await Promise.all([first, codeOf(sign(custody, 100)), codeOf(sign(custody, 120))])).toEqual([
        'hsm-timeout',
        'hsm-timeout',
        'hsm-timeout',
      ]);
      shim.inject({});
      await sign(custody);
    });
    expect(calls).toEqual({ C_Sign: 2 });
  });

  it('reports when a late key has been made, so that it can be destroyed', async () => {
    const custody = await open().custody;
    const ref = newRef('EC-P256', 'sign');
    shim.inject({ C_GenerateKeyPair: 'hang*1' });
    const failure: unknown = await custody.generate(inTime(3000), { ref }).catch((error: unknown) => error);
    expect(failure).toMatchObject({ code: 'hsm-timeout', cause: expect.any(StillRunning) as unknown });
    expect(await destroyed(custody, ref)).toBe(0);
    shim.inject({});
    await ((failure as Error).cause as StillRunning).ended;
    expect(await destroyed(custody, ref)).toBe(1);
  });

  it('reports when a late destruction is over', async () => {
    const custody = await open().custody;
    const ref = newRef('EC-P256', 'sign');
    await custody.generate(inTime(), { ref });
    shim.inject({ C_DestroyObject: 'hang*1' });
    const failure: unknown = await destroyed(custody, ref, inTime(3000)).catch((error: unknown) => error);
    expect(failure).toMatchObject({ code: 'hsm-timeout', cause: expect.any(StillRunning) as unknown });
    shim.inject({});
    await ((failure as Error).cause as StillRunning).ended;
    expect(await destroyed(custody, ref)).toBe(0);
  });

  it('refuses callers when the queue is full', async () => {
    const custody = await open({ sessionPoolSize: 1 }, { tuning: { queueLimit: 50 } }).custody;
    await sign(custody);
    shim.inject({ C_Sign: 'hang*1' });
    const before = shim.calls('C_Sign');
    const first = sign(custody, 60_000);
    await until(() => shim.calls('C_Sign') > before);
    const codes: string[] = [];
    const others = Array.from({ length: 60 }, () =>
      sign(custody, 60_000).catch((error: unknown) => codes.push(codeOfError(error))),
    );
    await expect.poll(() => codes, patience).toEqual(Array(10).fill('hsm-unavailable'));
    shim.inject({});
    await Promise.all([first, ...others]);
    expect(codes).toHaveLength(10);
  });

  it('asks for the process to end when too many lanes are stuck and a new process reaches the token', async () => {
    const reasons: string[] = [];
    const { custody: opening } = open({ sessionTimeoutSeconds: 1 }, { onFatal: (reason) => reasons.push(reason) });
    const custody = await opening;
    shim.inject({ C_Sign: 'hang' });
    await Promise.all(Array.from({ length: 3 }, () => sign(custody).catch(() => undefined)));
    await expect.poll(() => reasons, patience).toContain('2 lanes are stuck in the HSM library');
    expect(custody.healthy()).toBe(false);
    shim.inject({});
    await expect.poll(() => custody.healthy(), patience).toBe(true);
  });

  it('does not end the process while it hangs for new processes too, and is used again when it answers', async () => {
    const reasons: string[] = [];
    const { custody: opening, logger } = open(
      { sessionTimeoutSeconds: 1 },
      { onFatal: (reason) => reasons.push(reason) },
    );
    const custody = await opening;
    shim.inject({ C_Sign: 'hang', C_Initialize: 'hang' });
    await Promise.all(Array.from({ length: 3 }, () => sign(custody).catch(() => undefined)));
    await expect
      .poll(() => logger.lines.map(({ message }) => message), patience)
      .toContain('the HSM module cannot recover in this process');
    expect(await codeOf(sign(custody))).toBe('hsm-unavailable');
    expect(custody.healthy()).toBe(false);
    expect(reasons).toEqual([]);
    // The calls that hang return first: a new process that reached the token before would end this one.
    shim.inject({ C_Initialize: 'hang' });
    await expect.poll(() => custody.healthy(), patience).toBe(true);
    expect(await sign(custody)).toHaveLength(64);
    shim.inject({});
    expect(reasons).toEqual([]);
  });

  it('is not ready while it answers nothing, costs no further lane, and is used again when it answers', async () => {
    const custody = await open({}, { tuning: { healthMs: 50, hangMs: 400 } }).custody;
    shim.inject({ '*': 'hang' });
    await expect.poll(() => custody.healthy(), patience).toBe(false);
    const calls = await callsDuring(['C_SignInit'], async () => {
      for (let time = 0; time < 20; time++) expect(await codeOf(sign(custody))).toBe('hsm-unavailable');
    });
    expect(calls).toEqual({ C_SignInit: 0 });
    shim.inject({});
    await expect.poll(() => custody.healthy(), patience).toBe(true);
    expect(await sign(custody)).toHaveLength(64);
  });
});

const codeOfError = (error: unknown): string =>
  error instanceof Error && 'code' in error ? String(error.code) : 'other';

describe('a mechanism that the token lists', () => {
  afterEach(closeAll);

  it('but does not describe for a moment does not count as missing: opening fails and may be retried', async () => {
    shim.inject({ C_GetMechanismInfo: '0x30*1' });
    await expect(open().custody).rejects.toThrow(/DEVICE_ERROR/);
    expect((await open().custody).healthy()).toBe(true);
  });

  it('but that is excluded rules out imports that would be tried with it', async () => {
    const custody = await open({ excludedMechanisms: ['ECDH1_DERIVE'] }).custody;
    const ability = (algorithm: AlgorithmName) => custody.importAbility('aes-kwp', { algorithm, purpose: 'sign' });
    expect(ability('EC-P256')).toMatchObject({
      available: false,
      detail: 'The token cannot try a key of EC-P256 (the token lists no mechanism 0x1050)',
    });
    expect(ability('RSA-2048').available).toBe(true);
    expect(custody.importAbility('aes-kwp').available).toBe(true);
  });

  it('but does not know is left out', async () => {
    shim.inject({ C_GetMechanismInfo: '0x70' });
    const custody = await open().custody;
    const codes = custody.capabilities().flatMap(({ excluded }) => excluded.map(({ code }) => code));
    expect(new Set(codes)).toEqual(new Set(['token-lacks-mechanism']));
    expect(custody.capabilities().flatMap(({ algs }) => algs)).toEqual([]);
  });
});

describe('self-tests', () => {
  afterEach(closeAll);

  it('exclude algorithms that the token lists and cannot do, without quoting the token', async () => {
    shim.inject({ C_DeriveKey: '0x70' });
    const { custody: opening, logger } = open();
    const custody = await opening;
    shim.inject({});
    expect(await custody.capability(inTime(), 'EC-P256', 'encrypt')).toMatchObject({
      algs: [],
      excluded: [{ alg: 'ECDH-ES+A256KW', code: 'self-test-failed', detail: 'the self-test failed on this token' }],
    });
    expect((await custody.capability(inTime(), 'EC-P256', 'sign')).algs).toEqual(['ES256']);
    expect(custody.capabilities().find(({ algorithm }) => algorithm === 'RSA-4096')?.excluded[0]?.code).toBe(
      'self-test-pending',
    );
    expect(JSON.stringify(logger.lines)).toContain('C_DeriveKey');
  });

  it.each([
    ['over a key found before', { C_SignInit: '0x5*2' }],
    ['while they produce', { C_Sign: '0x30*1', C_WrapKey: '0x5*1' }],
    ['while they make a key', { C_GenerateKeyPair: '0x5*3', C_GenerateKey: '0x30*3' }],
    ['over their own data', { C_DeriveKey: '0x30*1', C_UnwrapKey: '0x5*1' }],
  ])('are not lost to a token that fails now and then %s', async (_, faults) => {
    shim.inject(faults);
    const custody = await open().custody;
    for (const capability of custody.capabilities())
      expect(capability.excluded.filter(({ code }) => code === 'self-test-failed')).toEqual([]);
  });

  it('that failed for a while are repeated when the canary passes', async () => {
    shim.inject({ C_DeriveKey: '0x5' });
    const custody = await open({}, { tuning: { healthMs: 50, retestFirstMs: 10 } }).custody;
    expect(custody.known('EC-P256', 'encrypt').algs).toEqual([]);
    shim.inject({});
    const again = () => custody.known('EC-P256', 'encrypt').algs;
    await expect.poll(again).toEqual(['ECDH-ES+A256KW']);
  });

  it('continue while the token comes and goes', async () => {
    shim.inject({ C_GenerateKeyPair: '0x32*1', C_GenerateKey: '0xb3*1', C_SignInit: '0x101*1' });
    const custody = await open().custody;
    for (const algorithm of ['RSA-2048', 'EC-P256', 'Ed25519', 'HMAC-SHA256', 'AES-256'] as const)
      for (const capability of custody.capabilities().filter((row) => row.algorithm === algorithm))
        expect(capability.excluded).toEqual([]);
  });
});

it('a library serves one partition per process', async () => {
  const custody = await open().custody;
  await expect(open().custody).rejects.toThrow(/open in this process/);
  await custody.close();
  await (await open().custody).close();
});

describe('a token that stays away', () => {
  afterEach(closeAll);

  it('is not ready, refuses callers at once, is looked for without an end, and is used when it returns', async () => {
    const reasons: string[] = [];
    const custody = await open({}, { onFatal: (reason) => reasons.push(reason) }).custody;
    shim.inject({ C_Sign: '0x32*1', C_Initialize: '0x30' });
    expect(await codeOf(sign(custody))).toBe('hsm-unavailable');
    expect(custody.healthy()).toBe(false);
    const calls = await callsDuring(['C_SignInit'], async () => {
      expect(await codeOf(sign(custody))).toBe('hsm-unavailable');
    });
    expect(calls).toEqual({ C_SignInit: 0 });
    const attempts = shim.calls('C_Initialize');
    await expect.poll(() => shim.calls('C_Initialize'), patience).toBeGreaterThan(attempts + 3);
    expect(reasons).toEqual([]);
    shim.inject({});
    await expect.poll(() => custody.healthy(), patience).toBe(true);
    expect(await sign(custody)).toHaveLength(64);
  });

  it('is noticed by the canary alone, and used again when it returns', async () => {
    const custody = await open({}, { tuning: { healthMs: 50 } }).custody;
    shim.inject({ C_GetTokenInfo: '0xe0', C_GetSlotList: '0x30' });
    await until(() => !custody.healthy());
    shim.inject({});
    await expect.poll(() => custody.healthy(), patience).toBe(true);
    expect(await sign(custody)).toHaveLength(64);
  });
});

describe('a missing object', () => {
  afterEach(closeAll);
  const lostKey = async (custody: Pkcs11Custody) => {
    const ref = newRef('EC-P256', 'sign');
    await custody.generate(inTime(), { ref });
    expect(await destroyed(custody, ref)).toBe(1);
    return ref;
  };

  it('is key-not-found if the token is ours and answers', async () => {
    const custody = await open({}, { tuning: { healthMs: 3_600_000, doubtMs: 10 } }).custody;
    const ref = await lostKey(custody);
    expect(await codeOf(custody.sign(inTime(), ref, ecdsa, randomBytes(32)))).toBe('key-not-found');
    expect(await destroyed(custody, ref)).toBe(0);
  });

  it.each([
    ['is away', { C_GetTokenInfo: '0xe0' }],
    ['refuses the canary', { C_EncryptInit: '0x30', C_Encrypt: '0x30' }],
  ])('is hsm-unavailable if the token %s, and does not count as destroyed', async (_, faults) => {
    const custody = await open({}, { tuning: { healthMs: 3_600_000, doubtMs: 10 } }).custody;
    const [used, lost] = [await lostKey(custody), await lostKey(custody)];
    shim.inject(faults);
    expect(await codeOf(custody.sign(inTime(), used, ecdsa, randomBytes(32)))).toBe('hsm-unavailable');
    expect(await codeOf(destroyed(custody, lost))).toBe('hsm-unavailable');
  });

  it('delays no caller for long, however many ask', async () => {
    const custody = await open({}, { tuning: { healthMs: 3_600_000, doubtMs: 10 } }).custody;
    const ref = await lostKey(custody);
    const before = shim.calls('C_GetTokenInfo');
    const codes = await Promise.all(
      Array.from({ length: 100 }, () => codeOf(custody.sign(inTime(), ref, ecdsa, randomBytes(32)))),
    );
    expect(new Set(codes)).toEqual(new Set(['key-not-found']));
    expect(shim.calls('C_GetTokenInfo') - before).toBeLessThan(50);
  });
});

describe('a refused PIN', () => {
  afterEach(closeAll);

  it('at start: one attempt only', async () => {
    const calls = await callsDuring(['C_Login'], async () => {
      await expect(open({ pin: 'wrong-pin' }).custody).rejects.toBeInstanceOf(PinRefused);
    });
    expect(calls).toEqual({ C_Login: 1 });
  });

  it('later: stops for good, raises an alarm, and neither retries nor asks for the process to end', async () => {
    const reasons: string[] = [];
    const { custody: opening, logger } = open(
      {},
      { onFatal: (reason) => reasons.push(reason), tuning: { healthMs: 50 } },
    );
    const custody = await opening;
    await sign(custody);
    shim.inject({ C_SignInit: '0x101*1', C_Login: '0xa0' });
    const calls = await callsDuring(['C_Login', 'C_SignInit'], async () => {
      for (let round = 0; round < 5; round++) expect(await codeOf(sign(custody))).toBe('hsm-unavailable');
      await new Promise((resolve) => setTimeout(resolve, 200));
    });
    expect(calls).toEqual({ C_Login: 1, C_SignInit: 1 });
    expect(custody.healthy()).toBe(false);
    expect(logger.lines.filter(({ fields }) => 'alarm' in fields && fields.alarm === 'pin-refused')).toHaveLength(1);
    expect(reasons).toEqual([]);
  });
});
