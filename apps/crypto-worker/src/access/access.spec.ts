import { type Grant, keyRights, roles } from '@ankasecure/contracts';
import { describe, expect, it } from 'vitest';
import { byGrant, byRole, type Deed, may } from './access.js';
import { grantsOf } from './grant.js';

const none = grantsOf([]);
const deeds = Object.keys(byGrant) as Deed[];
const grant = (kind: Grant['kind'], grantee: string, ...rights: Grant['rights']): Grant => ({ kind, grantee, rights });

describe('what may be done with a key', () => {
  it.each(roles.flatMap((role) => deeds.map((deed) => [role, deed, byRole[role].includes(deed)] as const)))(
    'by role %s, %s without a grant: %s',
    (role, deed, allowed) => {
      expect(may({ principal: 'somebody', roles: [role] }, deed, none)).toBe(allowed);
    },
  );

  it('is nothing without a role and a grant, and for who brings no roles at all', () => {
    for (const deed of deeds) {
      expect(may({ principal: 'somebody', roles: [] }, deed, none)).toBe(false);
      expect(may({ principal: 'somebody' }, deed, none)).toBe(false);
    }
  });

  it.each(keyRights.flatMap((right) => deeds.map((deed) => [right, deed, byGrant[deed].includes(right)] as const)))(
    'with the right %s: %s is %s, for the subject and for the group',
    (right, deed, allowed) => {
      const user = { principal: 'alice', roles: ['user' as const], groups: ['readers', 'writers'] };
      expect(may(user, deed, grantsOf([grant('subject', 'alice', right)]))).toBe(allowed);
      expect(may(user, deed, grantsOf([grant('group', 'writers', right)]))).toBe(allowed);
    },
  );

  it('is not given by a grant to somebody else, nor to a group of the subject’s name or the other way round', () => {
    const user = { principal: 'alice', roles: ['user' as const], groups: ['readers'] };
    const others = [grant('subject', 'bob', 'use:sign'), grant('group', 'alice', 'use:sign')];
    expect(may(user, 'use:sign', grantsOf([...others, grant('subject', 'readers', 'use:sign')]))).toBe(false);
  });

  it('can all be granted, or comes with what can', () => {
    for (const deed of deeds) expect(byGrant[deed].length).toBeGreaterThan(0);
    expect(keyRights.filter((right) => !byGrant[right].includes(right))).toEqual([]);
  });
});
