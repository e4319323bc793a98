import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { grantsOf } from '../access/grant.js';
import type { GrantedVersion } from '../key/key-store.js';
import { signing, signingKey } from './testing/signing.js';

const later: GrantedVersion = { ...signingKey, version: 2 };

/** Signs with a key whose first version is used up meanwhile. `found` is the version that replaces it, as it is then read. */
const signAfter = async (found: GrantedVersion, request: object, meant = async () => signingKey): Promise<unknown> => {
  const sign = signing({ budget: { bounds: () => true, take: async () => found }, meant });
  const { head, body } = await sign({ ...request, payload: 'AAAA' }, { roles: ['user'], principal: 'app' });
  return head.ok ? (JSON.parse(Buffer.from(body ?? []).toString()) as unknown) : head.error.code;
};

const granted = grantsOf([{ kind: 'subject', grantee: 'app', rights: ['use:sign'] }]);
const mine = async (): Promise<GrantedVersion> => ({ ...signingKey, grants: granted });
const byId = { keyId: signingKey.keyId };

describe('a version that replaces a used-up one', () => {
  it('signs', async () => {
    expect(await signAfter({ ...later, grants: granted }, byId, mine)).toMatchObject({ version: 2 });
  });

  it.each(['SUSPENDED', 'COMPROMISED', 'DESTROY_SCHEDULED'] as const)(
    'does not sign if it is %s by then',
    async (state) => {
      expect(await signAfter({ ...later, grants: granted, state }, byId, mine)).toBe('key-state');
    },
  );

  it('does not sign for a caller whose grant has been removed', async () => {
    expect(await signAfter(later, byId, mine)).toBe('key-access-denied');
  });

  it('does not sign for an alias that stands for another key by then', async () => {
    const keys = [await mine(), { ...signingKey, keyId: randomUUID() }];
    const moved = async (): Promise<GrantedVersion> => keys.shift() ?? signingKey;
    expect(await signAfter({ ...later, grants: granted }, { alias: 'invoices' }, moved)).toBe('decision-outdated');
  });
});
