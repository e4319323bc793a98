import { type Grant, keyRights, roles } from '@ankasecure/contracts';
import { describe, expect, it } from 'vitest';
import { assertNoGain, byGrant, byRole, type KeyAccess, may } from './access.js';
import { grantsOf } from './grant.js';

const none = grantsOf([]);
const accesses = Object.keys(byGrant) as KeyAccess[];
const grant = (kind: Grant['kind'], grantee: string, ...rights: Grant['rights']): Grant => ({ kind, grantee, rights });

describe('what may be done with a key', () => {
  it.each(roles.flatMap((role) => accesses.map((access) => [role, access, byRole[role].includes(access)] as const)))(
    'by role %s, %s without a grant: %s',
    (role, access, allowed) => {
      expect(may({ principal: 'somebody', roles: [role] }, access, none)).toBe(allowed);
    },
  );

  it('is nothing without a role and a grant, and for who brings no roles at all', () => {
    for (const access of accesses) {
      expect(may({ principal: 'somebody', roles: [] }, access, none)).toBe(false);
      expect(may({ principal: 'somebody' }, access, none)).toBe(false);
    }
  });

  it.each(
    keyRights.flatMap((right) => accesses.map((access) => [right, access, byGrant[access].includes(right)] as const)),
  )('with the right %s: %s is %s, for the subject and for the group', (right, access, allowed) => {
    const user = { principal: 'alice', roles: ['user' as const], groups: ['readers', 'writers'] };
    expect(may(user, access, grantsOf([grant('subject', 'alice', right)]))).toBe(allowed);
    expect(may(user, access, grantsOf([grant('group', 'writers', right)]))).toBe(allowed);
  });

  it('is not given by a grant to somebody else, nor to a group of the subject’s name or the other way round', () => {
    const user = { principal: 'alice', roles: ['user' as const], groups: ['readers'] };
    const others = [grant('subject', 'bob', 'use:sign'), grant('group', 'alice', 'use:sign')];
    expect(may(user, 'use:sign', grantsOf([...others, grant('subject', 'readers', 'use:sign')]))).toBe(false);
  });

  it('can all be granted, or comes with what can', () => {
    for (const access of accesses) expect(byGrant[access].length).toBeGreaterThan(0);
    expect(keyRights.filter((right) => !byGrant[right].includes(right))).toEqual([]);
  });
});

describe('who manages a key by a grant', () => {
  const manager = { principal: 'alice', roles: ['user' as const], groups: ['signers'] };
  const held = [grant('subject', 'alice', 'manage', 'view'), grant('group', 'signers', 'use:verify')];
  const changing =
    (...next: readonly Grant[]) =>
    () =>
      assertNoGain(manager, held, next);

  it.each([
    ['itself a use', [grant('subject', 'alice', 'manage', 'view', 'use:sign')]],
    ['a group of its own a use', [grant('group', 'signers', 'use:verify', 'use:sign')]],
    ['itself what it manages already, as another right', [grant('subject', 'alice', 'use:decrypt')]],
  ])('does not give %s', (_, next) => {
    expect(changing(...next)).toThrow('key-access-denied');
  });

  it('gives to others, and to groups and subjects that only share a name of its own', () => {
    const others = [grant('subject', 'bob', 'use:sign'), grant('group', 'readers', 'use:sign')];
    const namesakes = [grant('group', 'alice', 'use:sign'), grant('subject', 'signers', 'use:sign')];
    expect(changing(...held, ...others, ...namesakes)).not.toThrow();
  });

  it.each([undefined, []])(
    'gives to no group by a token that names %j as its own, and leaves those that are',
    (groups) => {
      const change = (...next: readonly Grant[]) => assertNoGain({ ...manager, groups }, held, next);
      expect(() => change(...held, grant('group', 'readers', 'use:sign'))).toThrow('key-access-denied');
      expect(() => change(grant('group', 'signers', 'use:verify', 'use:sign'))).toThrow('key-access-denied');
      expect(() => change(...held, grant('subject', 'bob', 'use:sign'))).not.toThrow();
    },
  );

  it('gives up what it has', () => {
    expect(changing(grant('subject', 'alice', 'view'))).not.toThrow();
    expect(changing()).not.toThrow();
  });

  it('is not an administrator, who may do everything with the key without a grant', () => {
    const admin = { ...manager, roles: ['application-admin' as const] };
    expect(() => assertNoGain(admin, held, [grant('subject', 'alice', 'use:sign')])).not.toThrow();
  });
});
