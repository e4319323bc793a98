import { type Grant, keyRights, roles } from '@ankasecure/contracts';
import { describe, expect, it } from 'vitest';
import { assertNoGain, byGrant, byRole, type KeyAccess, may } from './access.js';
import { grantsOf } from './grant.js';

const none = grantsOf([]);
const accesses = Object.keys(byGrant) as KeyAccess[];
const grant = (kind: Grant['kind'], grantee: string, ...rights: Grant['rights']): Grant => ({ kind, grantee, rights });

describe('access to a key', () => {
  it.each(roles.flatMap((role) => accesses.map((access) => [role, access, byRole[role].includes(access)] as const)))(
    'by role %s, %s without a grant: %s',
    (role, access, allowed) => {
      expect(may({ principal: 'somebody', roles: [role] }, access, none)).toBe(allowed);
    },
  );

  it('is none without a role and a grant, also for a caller without roles', () => {
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

  it('does not come from a grant to somebody else, to a group named like the subject, or to a subject named like the group', () => {
    const user = { principal: 'alice', roles: ['user' as const], groups: ['readers'] };
    const others = [grant('subject', 'bob', 'use:sign'), grant('group', 'alice', 'use:sign')];
    expect(may(user, 'use:sign', grantsOf([...others, grant('subject', 'readers', 'use:sign')]))).toBe(false);
  });

  it('can all be granted, by itself or as part of another right', () => {
    for (const access of accesses) expect(byGrant[access].length).toBeGreaterThan(0);
    expect(keyRights.filter((right) => !byGrant[right].includes(right))).toEqual([]);
  });
});

describe('a principal who manages a key by a grant', () => {
  const manager = { principal: 'alice', roles: ['user' as const], groups: ['signers'] };
  const held = [grant('subject', 'alice', 'manage', 'view'), grant('group', 'signers', 'use:verify')];
  const changing =
    (...next: readonly Grant[]) =>
    () =>
      assertNoGain(manager, held, next);

  it.each([
    ['itself a use', [grant('subject', 'alice', 'manage', 'view', 'use:sign')]],
    ['a group of its own a use', [grant('group', 'signers', 'use:verify', 'use:sign')]],
    ['itself another right to a key that it manages', [grant('subject', 'alice', 'use:decrypt')]],
  ])('cannot give %s', (_, next) => {
    expect(changing(...next)).toThrow('key-access-denied');
  });

  it('can give rights to others, and to groups and subjects that share a name with their own', () => {
    const others = [grant('subject', 'bob', 'use:sign'), grant('group', 'readers', 'use:sign')];
    const namesakes = [grant('group', 'alice', 'use:sign'), grant('subject', 'signers', 'use:sign')];
    expect(changing(...held, ...others, ...namesakes)).not.toThrow();
  });

  it.each([undefined, []])(
    'can give rights to no group if the token names %j as its groups, and can keep the rights of groups',
    (groups) => {
      const change = (...next: readonly Grant[]) => assertNoGain({ ...manager, groups }, held, next);
      expect(() => change(...held, grant('group', 'readers', 'use:sign'))).toThrow('key-access-denied');
      expect(() => change(grant('group', 'signers', 'use:verify', 'use:sign'))).toThrow('key-access-denied');
      expect(() => change(...held, grant('subject', 'bob', 'use:sign'))).not.toThrow();
    },
  );

  it('can give up rights', () => {
    expect(changing(grant('subject', 'alice', 'view'))).not.toThrow();
    expect(changing()).not.toThrow();
  });

  it('is not an administrator, who needs no grant for anything', () => {
    const admin = { ...manager, roles: ['application-admin' as const] };
    expect(() => assertNoGain(admin, held, [grant('subject', 'alice', 'use:sign')])).not.toThrow();
  });
});
