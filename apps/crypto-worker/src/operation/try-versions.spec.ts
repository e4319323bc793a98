import { type AuditEvent, type Context, verifyResult } from '@ankasecure/contracts';
import { describe, expect, it } from 'vitest';
import { type KnownKey, knownKey } from '../jose/testing/known-key.js';
import type { GrantedVersion, KeyStore } from '../key/key-store.js';
import type { GroupCommit } from '../outcome/group-commit.js';
import { Quotas } from '../quota/quotas.js';
import { operations } from './operation.js';
import { granted, running } from './testing/signing.js';

const [, decrypt, sign, verify] = operations;

/** A key's versions, oldest first, each with key material of its own. */
const versionsOf = (count: number, ...kind: Parameters<typeof knownKey>): readonly KnownKey[] => {
  const made = Array.from({ length: count }, () => knownKey(...kind));
  const { tenantId, keyId } = (made[0] as KnownKey).key;
  return made.map(({ key, custody, ...known }, index) => ({
    ...known,
    custody,
    key: { ...key, tenantId, keyId, version: index + 1 },
  }));
};

/** A custody that has all these versions. */
const custodyOf = (versions: readonly KnownKey[], newest: KnownKey): KnownKey['custody'] =>
  new Proxy(newest.custody, {
    get: (target, name) => {
      const member: unknown = Reflect.get(target, name, target);
      if (typeof member !== 'function') return member;
      return (...given: unknown[]): unknown => {
        const { custody } = versions.find(({ key }) => given.includes(key.ref)) ?? newest;
        const own = Reflect.get(custody, name, custody) as (...values: unknown[]) => unknown;
        return own.apply(custody, given);
      };
    },
  });

/** A worker that has these versions, some of them in another state than ACTIVE. */
const worker = (versions: readonly KnownKey[], states: Partial<Record<number, GrantedVersion['state']>> = {}) => {
  const newest = versions.at(-1) as KnownKey;
  for (const known of versions) granted(known);
  const state = { known: versions.length, asked: [] as number[], events: [] as AuditEvent[] };
  const meant = (async (_, target) => {
    const { version } = target as { version: number | null };
    const meantVersion = version ?? state.known;
    // Whoever asks whether it is the current one learns of the later ones.
    if (version === null) state.known = versions.length;
    state.asked.push(meantVersion);
    const known = versions[meantVersion - 1] as KnownKey;
    return { ...granted(known), version: meantVersion, state: states[meantVersion] ?? 'ACTIVE' };
  }) as KeyStore['meant'];
  const outcomes = {
    commitAll: async (all: readonly { event: AuditEvent }[]) =>
      all.map(({ event }) => state.events.push(event) > 0 && 'written'),
  } as unknown as GroupCommit;
  const quotas = Quotas.withClock({ perKey: { operationsPerSecond: 1, burst: 40 }, tenants: [] }, () => 0);
  const used: Parameters<typeof running>[2] = { meant, outcomes, quotas };
  const run = async (operation: (typeof operations)[number], item: object, more?: Partial<Context>) => {
    state.asked.length = 0;
    const isCurrent = state.known === versions.length;
    const ask = running(
      operation as typeof verify,
      { ...newest, custody: custodyOf(versions, newest) },
      { ...used, isCurrent },
    );
    const { head, body } = await ask({ keyId: newest.key.keyId, ...item }, more);
    return {
      code: head.ok ? null : head.error.code,
      detail: head.ok ? undefined : head.error.detail,
      left: head.keyQuota?.remaining,
      body: body === undefined ? {} : (JSON.parse(Buffer.from(body).toString()) as Record<string, unknown>),
    };
  };
  return { run, state };
};

/** A raw signature of one version. */
const signatureOf = async (versions: readonly KnownKey[], version: number): Promise<string> => {
  const known = versions[version - 1] as KnownKey;
  const { body } = await worker([known]).run(sign, { payload: 'AAAA', format: 'raw' });
  return String(body['signature']);
};
const claim = (signature: string) => ({ payload: 'AAAA', signature });

describe('an item without a kid and a version', () => {
  it('is of the newest version that fits, and one event names it', async () => {
    const versions = versionsOf(4, 'EC-P256', 'sign');
    const { run, state } = worker(versions, { 1: 'DEACTIVATED', 2: 'DEACTIVATED', 3: 'DEACTIVATED' });
    for (const version of [4, 3, 1]) {
      const { body, code } = await run(verify, claim(await signatureOf(versions, version)));
      if (code) throw new Error(code + JSON.stringify(state));
      expect(body).toMatchObject({ valid: true, version });
      expect(body['versionsTried']).toBeUndefined();
      expect(state.asked).toEqual([4, 3, 2, 1].slice(0, 5 - version));
    }
    expect(state.events.map(({ outcome, details }) => [outcome, details?.['version']])).toEqual([
      ['success', '4'],
      ['success', '3'],
      ['success', '1'],
    ]);
  });

  it('that fits none is invalid, and the answer and the one event say which versions were tried', async () => {
    const versions = versionsOf(3, 'EC-P256', 'sign');
    const { run, state } = worker(versions);
    const { body } = await run(verify, claim('A'.repeat(86)));
    expect(body).toMatchObject({ valid: false, version: 3, versionsTried: [3, 2, 1] });
    expect(state.events).toHaveLength(1);
    expect(state.events[0]).toMatchObject({
      failureCode: 'signature-invalid',
      details: { version: '3', versionsTried: '3 2 1' },
    });
  });

  it('is tried with no version that may not process', async () => {
    const versions = versionsOf(4, 'EC-P256', 'sign');
    const { run } = worker(versions, { 4: 'SUSPENDED', 3: 'COMPROMISED', 2: 'DEACTIVATED', 1: 'DESTROYED' });
    expect((await run(verify, claim(await signatureOf(versions, 2)))).body).toMatchObject({ valid: true, version: 2 });
    // The current version may not process, and the signature can be its own.
    for (const version of [4, 3, 1])
      expect((await run(verify, claim(await signatureOf(versions, version)))).code).toBe('key-state');
    const risk = { ...claim(await signatureOf(versions, 3)), acceptRisk: true };
    expect((await run(verify, risk)).body).toMatchObject({ valid: true, version: 3 });
  });

  it('is tried with so many versions at most', async () => {
    const versions = versionsOf(18, 'EC-P256', 'sign');
    const { run, state } = worker(versions);
    expect((await run(verify, claim(await signatureOf(versions, 3)))).body).toMatchObject({ valid: true, version: 3 });
    const { body } = await run(verify, claim(await signatureOf(versions, 2)));
    expect(body).toMatchObject({
      valid: false,
      version: 18,
      versionsNotTried: [{ from: 1, to: 2, reason: 'limit' }],
    });
    expect(body['versionsTried']).toEqual(Array.from({ length: 16 }, (_, index) => 18 - index));
    expect(state.asked).toHaveLength(16);
    expect((await run(verify, { ...claim(await signatureOf(versions, 2)), version: 2 })).body).toMatchObject({
      valid: true,
      version: 2,
    });
  });

  it('is told to be invalid together with the versions that were not tried, and why', async () => {
    const versions = versionsOf(19, 'EC-P256', 'sign');
    const { run, state } = worker(versions, { 17: 'COMPROMISED', 16: 'DESTROYED', 12: 'SUSPENDED', 4: 'COMPROMISED' });
    const { body } = await run(verify, claim(await signatureOf(versions, 17)));
    const versionsNotTried = [
      { from: 16, to: 17, reason: 'state' },
      { from: 12, to: 12, reason: 'state' },
      { from: 4, to: 4, reason: 'state' },
      { from: 1, to: 3, reason: 'limit' },
    ];
    expect(body).toMatchObject({ valid: false, version: 19, versionsNotTried });
    expect(state.events[0]?.details).toMatchObject({ versionsNotTried: 'state 16-17, state 12, state 4, limit 1-3' });
    // The answer is one that the contract knows, and its remedy helps.
    expect(verifyResult.parse(body)).toEqual(body);
    const item = { ...claim(await signatureOf(versions, 17)), version: 17 };
    expect((await run(verify, item)).code).toBe('key-state');
    expect((await run(verify, { ...item, acceptRisk: true })).body).toMatchObject({ valid: true, version: 17 });
  });

  it('is told without such versions if it was tried with all of them, or names one', async () => {
    const versions = versionsOf(2, 'EC-P256', 'sign');
    const all = await worker(versions).run(verify, claim('A'.repeat(86)));
    expect(all.body).toMatchObject({ valid: false, versionsTried: [2, 1] });
    const one = await worker(versions, { 1: 'COMPROMISED' }).run(verify, { ...claim('A'.repeat(86)), version: 2 });
    expect(one.body).toMatchObject({ valid: false, version: 2 });
    for (const { body } of [all, one]) expect(body).not.toHaveProperty('versionsNotTried');
  });

  it('that its newest version may not process is refused for that, and the event names the others', async () => {
    const versions = versionsOf(3, 'EC-P256', 'sign');
    const { run, state } = worker(versions, { 3: 'SUSPENDED', 1: 'COMPROMISED' });
    expect((await run(verify, claim(await signatureOf(versions, 1)))).code).toBe('key-state');
    expect(state.events[0]?.details).toMatchObject({ versionsNotTried: 'state 3, state 1' });
  });

  it.each([2, 3, 4])('is tried with the versions that have come meanwhile: %i of 4', async (version) => {
    const versions = versionsOf(4, 'EC-P256', 'sign');
    const { run, state } = worker(versions);
    state.known = 1;
    const { body } = await run(verify, claim(await signatureOf(versions, version)));
    expect(body).toMatchObject({ valid: true, version });
    expect(state.asked).toEqual([1, 4, 3, 2].slice(0, 6 - version));
  });

  it('that fits neither those versions nor those that have come meanwhile is invalid, and all are named', async () => {
    const { run, state } = worker(versionsOf(4, 'EC-P256', 'sign'));
    state.known = 2;
    const { body } = await run(verify, claim('A'.repeat(86)));
    expect(body).toMatchObject({ valid: false, version: 4, versionsTried: [4, 3, 2, 1] });
    expect(state.asked).toEqual([2, 1, 4, 3]);
  });

  it('is told to be invalid with the versions between those, if there are too many', async () => {
    const { run, state } = worker(versionsOf(20, 'EC-P256', 'sign'), { 5: 'DESTROYED' });
    state.known = 2;
    const { body } = await run(verify, claim('A'.repeat(86)));
    expect(body).toMatchObject({
      valid: false,
      version: 20,
      versionsNotTried: [
        { from: 3, to: 4, reason: 'limit' },
        { from: 5, to: 5, reason: 'state' },
      ].toReversed(),
    });
  });
});

describe('what each further version costs', () => {
  it('is one use of the quota where the token is asked, and nothing where a public key suffices', async () => {
    const macs = versionsOf(3, 'HMAC-SHA256', 'mac');
    const mac = worker(macs);
    const valid = await mac.run(verify, claim(await signatureOf(macs, 1)));
    expect(valid.body).toMatchObject({ valid: true, version: 1 });
    expect(valid.left).toBe(37);
    const pairs = versionsOf(3, 'EC-P256', 'sign');
    expect((await worker(pairs).run(verify, claim(await signatureOf(pairs, 1)))).left).toBe(39);
  });

  it('ends at the quota', async () => {
    const { run } = worker(versionsOf(16, 'HMAC-SHA256', 'mac'));
    const codes: (string | null)[] = [];
    for (let time = 0; time < 3; time++) codes.push((await run(verify, claim('A'.repeat(43)))).code);
    expect(codes.slice(1)).toContain('quota-exceeded');
  });
});

describe('a JWE without a kid', () => {
  it('that no version opens fails as any other, and the trail names the versions', async () => {
    const versions = versionsOf(3, 'AES-256', 'encrypt');
    const header = Buffer.from(JSON.stringify({ alg: 'A256KW', enc: 'A256GCM' })).toString('base64url');
    const jwe = [header, 'A'.repeat(54), 'A'.repeat(16), 'AAAA', 'A'.repeat(22)].join('.');
    const details = new Set<string | undefined>();
    for (const [states, told] of [
      [{}, { versionsTried: '3 2 1' }],
      [{ 1: 'COMPROMISED' }, { versionsTried: '3 2', versionsNotTried: 'state 1' }],
      [{ 1: 'DESTROYED', 2: 'SUSPENDED' }, { versionsNotTried: 'state 1-2' }],
    ] as const) {
      const { run, state } = worker(versions, states);
      const { code, detail } = await run(decrypt, { jwe });
      expect(code).toBe('decryption-failed');
      details.add(detail);
      expect(state.events).toHaveLength(1);
      expect(state.events[0]?.details).toMatchObject({ version: '3', ...told });
    }
    expect([...details]).toEqual([expect.stringContaining('send version')]);
  });
});
