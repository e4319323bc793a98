import { describe, expect, it } from 'vitest';
import { claimAt, namesIn } from './claim.js';

const claims = {
  roles: ['a'],
  'https://login.example/roles': ['b'],
  realm_access: { roles: ['c'], 'x.y': { z: 'd' } },
  'realm_access.groups': ['whole'],
  scope: 'read  write',
  nothing: null,
};

describe('a claim', () => {
  it.each([
    ['roles', ['a']],
    ['https://login.example/roles', ['b']],
    ['realm_access.roles', ['c']],
    ['realm_access.x.y.z', 'd'],
    ['realm_access.groups', ['whole']],
    ['roles.0', undefined],
    ['realm_access.roles.length', undefined],
    ['realm_access.constructor', undefined],
    ['__proto__.roles', undefined],
    ['scope.length', undefined],
    ['nothing.at', undefined],
    ['.roles', undefined],
    ['roles.', undefined],
  ])('is found at %j', (path, value) => expect(claimAt(claims, path)).toEqual(value));

  it.each([
    ['roles', ['a']],
    ['scope', ['read', 'write']],
    ['absent', []],
    ['nothing', []],
    ['realm_access.x.y.z', ['d']],
  ])('%j has the names %j', (path, names) => expect(namesIn(claims, path)).toEqual(names));

  it('that is no list of names is refused, and what is no name in a list is left out', () => {
    expect(namesIn(claims, 'realm_access')).toBeUndefined();
    expect(namesIn({ roles: ['a', 1, null, ['b']] }, 'roles')).toEqual(['a']);
  });
});
