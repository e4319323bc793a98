import { randomUUID } from 'node:crypto';
import { type AlgorithmName, type JweAlg, type JwsAlg, joseAlgs, type Purpose } from '@ankasecure/algorithm';
import type { AuditEvent, Context } from '@ankasecure/contracts';
import { monotonicNow } from '@ankasecure/contracts';
import type { Outbox } from '@ankasecure/service-kit';
import { describe, expect, it } from 'vitest';
import { grantsOf } from '../access/grant.js';
import type { Capability } from '../custody/custody.js';
import { type KnownKey, knownKey } from '../jose/testing/known-key.js';
import type { KeyStore } from '../key/key-store.js';
import type { GroupCommit } from '../outcome/group-commit.js';
import type { Outcome } from '../outcome/outcome-group.js';
import { type EnforcedPolicies, enforcedPolicy } from '../policy/enforced-policy.js';
import { Quotas } from '../quota/quotas.js';
import { ownClock } from '../testing/worker-database.js';
import { AttemptItem } from './attempt-item.js';
import type { UseBudget } from './budget/use-budget.js';
import { type Operation, operations } from './operation.js';
import { RunOperation } from './run-operation.js';
import { verbOf } from './verb.js';

const [encrypt, decrypt, sign, verify] = operations;

const capabilityOf = (
  algorithm: AlgorithmName,
  purpose: Purpose,
  code: 'self-test-failed' | 'self-test-pending' | null,
  outsideSteps: readonly string[],
): Capability => {
  const algs = joseAlgs(algorithm, purpose);
  const excluded = code === null ? [] : algs.map((alg) => ({ alg, code, detail: `it is ${code}` }));
  return { algorithm, purpose, algs: code === null ? algs : [], excluded, outsideSteps };
};

interface Situation {
  /** The result of the token's self-test now, and the result once a pending test has been waited for. */
  readonly now: 'self-test-failed' | 'self-test-pending' | null;
  readonly then?: 'self-test-failed' | null;
  readonly fipsOnly?: boolean;
  readonly outsideSteps?: readonly string[];
}

/** A worker whose token has a fault. Everything else about the operation is allowed. */
const worker = ({ key, custody }: KnownKey, { now, then = null, fipsOnly, outsideSteps = [] }: Situation) => {
  const events: AuditEvent[] = [];
  const waits: number[] = [];
  Object.assign(custody, {
    known: (algorithm: AlgorithmName, purpose: Purpose) => capabilityOf(algorithm, purpose, now, outsideSteps),
    capability: async ({ deadline }: Context, algorithm: AlgorithmName, purpose: Purpose) => {
      waits.push(deadline);
      return capabilityOf(algorithm, purpose, now === 'self-test-pending' ? then : now, outsideSteps);
    },
  });
  const policy = enforcedPolicy(1, { allowedAlgorithms: [key.algorithm], fipsOnly: fipsOnly ?? false }, Date);
  const items = new AttemptItem(
    custody,
    { meant: async () => ({ ...key, custody: 'token', grants: grantsOf([]) }) } as unknown as KeyStore,
    { of: async () => policy } as unknown as EnforcedPolicies,
    { bounds: () => false } as unknown as UseBudget,
    new Quotas({ tenants: [] }),
  );
  const runner = new RunOperation(
    items,
    {
      commitAll: async (outcomes: Outcome[]) => outcomes.map(({ event }) => events.push(event) > 0 && 'written'),
    } as unknown as GroupCommit,
    { assertRoom: () => undefined } as unknown as Outbox,
    ownClock,
  );
  const context: Context = {
    tenantId: key.tenantId,
    principal: 'somebody',
    roles: ['application-admin'],
    correlationId: randomUUID(),
    deadline: monotonicNow() + 60_000,
  };
  const run = async <Item, Parsed>(operation: Operation<Item, Parsed>, item: object) => {
    const { head, body } = await runner.run(verbOf(items, operation), context, Buffer.from(JSON.stringify(item)));
    const answer: unknown = body === undefined ? null : JSON.parse(Buffer.from(body).toString());
    return { code: head.ok ? null : head.error.code, body: answer };
  };
  return { run, events, waits, context };
};

const sealed = async (known: KnownKey): Promise<string> => {
  const { body } = await worker(known, { now: null }).run(encrypt, { keyId: known.key.keyId, plaintext: 'AAAA' });
  return (body as { jwe: string }).jwe;
};

describe('a key whose algorithm failed its self-test on this token', () => {
  const encrypting: readonly (readonly [AlgorithmName, JweAlg])[] = [
    ['RSA-3072', 'RSA-OAEP-256'],
    ['EC-P256', 'ECDH-ES+A256KW'],
    ['AES-256', 'A256KW'],
    ['AES-256', 'dir'],
  ];

  it.each(encrypting)('%s, %s neither encrypts nor decrypts, and does not call the token', async (algorithm, alg) => {
    const known = knownKey(algorithm, 'encrypt', { alg });
    const { keyId } = known.key;
    const header = Buffer.from(JSON.stringify({ alg, enc: 'A256GCM', kid: `${keyId}.1` })).toString('base64url');
    // This test has no database that counts the key's messages, so nothing is sealed with it.
    const jwe = alg === 'dir' ? `${header}..${'A'.repeat(16)}.AA.${'A'.repeat(22)}` : await sealed(known);
    const calls = known.custody.calls;
    const { run, events } = worker(known, { now: 'self-test-failed' });
    expect((await run(encrypt, { keyId, plaintext: 'AAAA' })).code).toBe('algorithm-unavailable');
    expect((await run(decrypt, { jwe })).code).toBe('algorithm-unavailable');
    expect(known.custody.calls).toBe(calls);
    expect(events.map(({ failureCode }) => failureCode)).toEqual(['algorithm-unavailable', 'algorithm-unavailable']);
  });

  it('neither signs nor computes a MAC; a public key still verifies', async () => {
    const signing = knownKey('RSA-3072', 'sign');
    const mac = knownKey('HMAC-SHA256', 'mac');
    for (const [known, alg] of [
      [signing, 'PS384'],
      [mac, 'HS256'],
    ] as const satisfies readonly (readonly [KnownKey, JwsAlg])[]) {
      const item = { keyId: known.key.keyId, payload: 'AAAA', alg };
      const { jws } = (await worker(known, { now: null }).run(sign, item)).body as { jws: string };
      const { run } = worker(known, { now: 'self-test-failed' });
      expect((await run(sign, item)).code).toBe('algorithm-unavailable');
      const verified = await run(verify, { jws });
      if (known === mac) expect(verified.code).toBe('algorithm-unavailable');
      else expect(verified.body).toMatchObject({ valid: true });
    }
  });
});

describe('a key whose self-test is pending', () => {
  const known = knownKey('RSA-3072', 'encrypt');

  it('waits for the self-test while the request has time', async () => {
    const jwe = await sealed(known);
    const { run, waits, context } = worker(known, { now: 'self-test-pending', then: null });
    expect((await run(decrypt, { jwe })).body).toMatchObject({ plaintext: 'AAAA' });
    expect(waits).toEqual([context.deadline]);
  });

  it('is refused if the self-test fails', async () => {
    const jwe = await sealed(known);
    const { run } = worker(known, { now: 'self-test-pending', then: 'self-test-failed' });
    expect((await run(decrypt, { jwe })).code).toBe('algorithm-unavailable');
  });

  it.each(['self-test-pending', 'self-test-failed', null] as const)(
    'is refused under FIPS-only for a step outside the HSM, whatever the self-test finds: %s',
    async (now) => {
      const jwe = await sealed(known);
      const calls = known.custody.calls;
      const { run, waits } = worker(known, { now, fipsOnly: true, outsideSteps: ['oaep-unpadding'] });
      expect((await run(decrypt, { jwe })).code).toBe('policy-refused');
      expect(waits).toEqual([]);
      expect(known.custody.calls).toBe(calls);
    },
  );

  it('whose self-test passed waits for nothing', async () => {
    const { run, waits } = worker(known, { now: null });
    expect((await run(encrypt, { keyId: known.key.keyId, plaintext: 'AAAA' })).code).toBeNull();
    expect(waits).toEqual([]);
  });
});
