import { AnkaError, type Context, type Grant, type KeyRight, keyRights, type Role } from '@ankasecure/contracts';

/** A kind of access to a key. No right grants `see-grants` alone. */
export type KeyAccess = KeyRight | 'see-grants';

const everything: readonly KeyAccess[] = [...keyRights, 'see-grants'];

/**
 * The access that a role gives to every key of its tenant. Any other access is granted key by key. An application
 * administrator makes keys and so has access to all of them. A tenant that separates applications gives its people the role
 * `user` and grants.
 */
export const byRole: Readonly<Record<Role, readonly KeyAccess[]>> = {
  'platform-admin': [],
  'tenant-admin': everything,
  'application-admin': everything,
  user: [],
  auditor: ['view', 'see-grants'],
};

/** The rights that give each access; any of them is enough. */
export const byGrant: Readonly<Record<KeyAccess, readonly KeyRight[]>> = {
  'use:encrypt': ['use:encrypt'],
  'use:decrypt': ['use:decrypt'],
  'use:sign': ['use:sign'],
  'use:verify': ['use:verify'],
  'use:encapsulate': ['use:encapsulate'],
  'use:decapsulate': ['use:decapsulate'],
  manage: ['manage'],
  view: keyRights,
  'see-grants': ['manage'],
};

/** The access that each crypto route needs. */
export const useOf = {
  encrypt: 'use:encrypt',
  decrypt: 'use:decrypt',
  sign: 'use:sign',
  verify: 'use:verify',
  encapsulate: 'use:encapsulate',
  decapsulate: 'use:decapsulate',
} as const satisfies Record<string, KeyRight>;

type Rights = ReadonlyMap<string, readonly KeyRight[]>;

/** One key's grants, by the grantee's name. */
export interface GrantsOfKey {
  readonly subject: Rights;
  readonly group: Rights;
}

export type Caller = Pick<Context, 'principal' | 'roles' | 'groups'>;

const roleAllows = (role: Role, access: KeyAccess): boolean => byRole[role].includes(access);

const isGranted = (rights: readonly KeyRight[] | undefined, access: KeyAccess): boolean =>
  rights?.some((right) => byGrant[access].includes(right)) === true;

/** Tells whether a role gives the caller this access to every key of the tenant, so that no grant has to be read. */
export const mayWithAll = ({ roles }: Caller, access: KeyAccess): boolean =>
  roles?.some((role) => roleAllows(role, access)) === true;

/** Tells whether the caller has this access to the key with these grants. The default is no. */
export const may = (caller: Caller, access: KeyAccess, { subject, group }: GrantsOfKey): boolean =>
  mayWithAll(caller, access) ||
  isGranted(subject.get(caller.principal), access) ||
  caller.groups?.some((name) => isGranted(group.get(name), access)) === true;

/** @throws AnkaError `key-access-denied` */
export const assertMay = (caller: Caller, access: KeyAccess, grants: GrantsOfKey): void => {
  if (may(caller, access, grants)) return;
  throw new AnkaError(
    'key-access-denied',
    `The caller needs the right ${byGrant[access].join(' or ')} on the key. Ask someone who may manage the key for a grant.`,
  );
};

/**
 * Separates the management of a key from its use (NIST SP 800-53 AC-5). A principal who manages a key by a grant may keep or
 * remove the rights that reach them, by name or by one of their groups. Only another principal can add such rights. A token
 * that names no groups does not prove that there are none, so every group may be theirs. Administrators need no grant.
 * @throws AnkaError `key-access-denied`
 */
export const assertNoGain = (caller: Caller, held: readonly Grant[], next: readonly Grant[]): void => {
  if (mayWithAll(caller, 'manage')) return;
  const { principal, groups = [] } = caller;
  const reaches = ({ kind, grantee }: Grant): boolean =>
    kind === 'subject' ? grantee === principal : groups.length === 0 || groups.includes(grantee);
  const before = ({ kind, grantee }: Grant) => held.find((row) => row.kind === kind && row.grantee === grantee);
  const gains = (row: Grant): boolean => row.rights.some((right) => before(row)?.rights.includes(right) !== true);
  if (next.some((row) => reaches(row) && gains(row)))
    throw new AnkaError(
      'key-access-denied',
      'A caller cannot grant rights to itself or to its own groups, and to no group at all if its token names none. Ask an administrator, or another person who may manage the key.',
    );
};
