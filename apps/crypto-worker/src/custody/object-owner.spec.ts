import { randomBytes, randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import {
  bindsOwner,
  isNamed,
  type Naming,
  nameOfObject,
  newObjectId,
  type ObjectOwner,
  ownerOfKey,
  ownerOfPlatformKey,
  ownerText,
  parseOwner,
} from './object-owner.js';

const naming: Naming = { partition: 'default', kekLabelPrefix: 'ankasecure:kek:tenant' };
const [tenantId, keyId] = [randomUUID(), randomUUID()];
const own = ownerOfKey({ tenantId, keyId, version: 1 });
const kek = ownerOfPlatformKey({ kind: 'kek', tenantId, generation: 1 });

/** Every owner that differs from `own` or `kek` in one member. */
const others: readonly (readonly [what: string, of: ObjectOwner, than: ObjectOwner])[] = [
  ['tenant', own, { ...own, tenantId: randomUUID() }],
  ['key', own, { ...own, keyId: randomUUID() }],
  ['version', own, { ...own, version: 2 }],
  ['tenant of a KEK', kek, { ...kek, tenantId: randomUUID() }],
  ['generation of a KEK', kek, { ...kek, version: 2 }],
  ['role', kek, { ...kek, role: 'audit-mac' }],
  ['role of a key', own, kek],
];

describe('an object', () => {
  it.each(others)('of one %s is not named by another', (_, of, than) => {
    const id = newObjectId(of, naming);
    const { label } = nameOfObject(of, naming);
    expect(isNamed(id, label, nameOfObject(of, naming))).toBe(true);
    expect(isNamed(id, label, nameOfObject(than, naming))).toBe(false);
    // Neither the label nor the id alone is enough.
    expect(isNamed(newObjectId(than, naming), label, nameOfObject(of, naming))).toBe(false);
  });

  it('of one partition is not named by another', () => {
    const elsewhere = { ...naming, partition: 'north' };
    for (const of of [own, kek]) {
      const id = newObjectId(of, elsewhere);
      expect(isNamed(id, nameOfObject(of, elsewhere).label, nameOfObject(of, naming))).toBe(false);
    }
  });

  it('of an earlier release has a random id and the label of that time, and no other label', () => {
    const id = randomBytes(16);
    expect(bindsOwner(id)).toBe(false);
    const name = nameOfObject(own, naming);
    expect(isNamed(id, `ankasecure:${keyId}.1`, name)).toBe(true);
    expect(isNamed(id, name.label, name)).toBe(false);
    expect(isNamed(newObjectId(own, naming), `ankasecure:${keyId}.1`, name)).toBe(false);
  });

  it('has labels that people can read', () => {
    expect(nameOfObject(own, naming).label).toBe(`ankasecure:key:default:${tenantId}:${keyId}.1`);
    expect(nameOfObject(kek, naming).label).toBe(`ankasecure:kek:tenant:${tenantId}`);
    expect(nameOfObject({ ...kek, role: 'audit-mac' }, naming).label).toBe(`ankasecure:audit-mac:default:${tenantId}`);
  });

  it('gets a new id at every making', () => {
    const ids = Array.from({ length: 100 }, () => newObjectId(own, naming).toString('hex'));
    expect(new Set(ids).size).toBe(100);
    expect(ids.every((id) => id.length === 32)).toBe(true);
  });
});

describe('the text of an owner', () => {
  it.each([own, kek])('is read back', (owner) => {
    expect(parseOwner(ownerText(owner))).toEqual(owner);
  });

  it.each([
    '',
    'key',
    `key:${tenantId}::1`,
    `kek:${tenantId}:${keyId}:1`,
    `other:${tenantId}::1`,
    `kek:${tenantId}::0`,
  ])('is not %j', (text) => expect(parseOwner(text)).toBeUndefined());
});
