import { AnkaError, monotonicNow } from '@ankasecure/contracts';
import { describe, expect, it } from 'vitest';
import { grantsOf } from '../access/grant.js';
import { codeOf } from '../custody/custody.conformance.js';
import type { Custody } from '../custody/custody.js';
import type { KeyStore } from '../key/key-store.js';
import { enforcedPolicy } from '../policy/enforced-policy.js';
import { Quotas } from '../quota/quotas.js';
import type { CreateKey } from './create-key.js';
import { ImportKey } from './import-key.js';
import type { KeySource, Supply } from './plan-creation.js';

const policy = enforcedPolicy(1, { allowedAlgorithms: ['AES-256', 'EC-P256'], fipsOnly: false }, Date);
const tenantId = '11111111-1111-4111-8111-111111111111';
const wrappingKeyId = '22222222-2222-4222-8222-222222222222';
const context = {
  tenantId,
  principal: 'somebody',
  roles: ['tenant-admin' as const],
  correlationId: 'import',
  deadline: monotonicNow() + 60_000,
};
const request = {
  algorithm: 'EC-P256',
  purpose: 'sign',
  label: 'x',
  purgeProtection: false,
  method: 'aes-kwp',
  wrappingKeyId,
  wrappedKey: Buffer.alloc(144).toString('base64url'),
} as const;

/** How `ImportKey` supplies the key, up to the first failure. */
const supply = (custody: object): Promise<Supply> => {
  const wrapper = {
    tenantId,
    keyId: wrappingKeyId,
    version: 1,
    revision: 1,
    algorithm: 'AES-256',
    purpose: 'wrap',
    algs: ['AES-KWP'],
    state: 'ACTIVE',
    custody: 'token',
    grants: grantsOf([]),
    ref: {},
  };
  const keys = { forget: () => undefined, find: async () => wrapper } as unknown as KeyStore;
  const creator = {
    create: (_: unknown, { algorithm, purpose }: typeof request, source: KeySource) =>
      source.prepare(algorithm, purpose, policy),
  } as unknown as CreateKey;
  const quotas = Quotas.withClock({ perKey: { operationsPerSecond: 1, burst: 2 }, tenants: [] }, () => 0);
  const importer = new ImportKey(custody as Custody, undefined as never, creator, keys, quotas);
  return importer.import(context, request) as unknown as Promise<Supply>;
};
const able = {
  importAbility: () => ({ available: true, detail: '' }),
  capability: async () => ({ algs: ['ES256'], excluded: [], outsideSteps: [] }),
  known: () => ({ algs: ['AES-KWP'], excluded: [], outsideSteps: [] }),
  importKey: async () => {
    throw new AnkaError('internal-error', 'never called');
  },
};

describe('a key imported under another key', () => {
  it('counts as a use of the other key before anything begins', async () => {
    const { begin } = await supply(able);
    const left: number[] = [];
    const told = ({ remaining }: { readonly remaining: number }): void => void left.push(remaining);
    begin?.(told)();
    begin?.(told)();
    expect(left).toEqual([1, 0]);
    expect(() => begin?.(told)).toThrow(AnkaError);
  });

  it('is not opened if the token cannot do everything that it is tried with', async () => {
    const asked: unknown[] = [];
    const unable = {
      ...able,
      importAbility: (_: string, of?: object) => {
        asked.push(of);
        return { available: of === undefined, detail: 'no' };
      },
    };
    expect(await codeOf(supply(unable))).toBe('algorithm-unavailable');
    expect(asked.at(-1)).toEqual({ algorithm: 'EC-P256', purpose: 'sign' });
  });
});
