import { AnkaError, type Context, type Grant, type KeyRight, keyRights, type Role } from '@ankasecure/contracts';

/** What somebody wants with a key. Seeing its grants is not granted by itself. */
export type Deed = KeyRight | 'see-grants';

const everything: readonly Deed[] = [...keyRights, 'see-grants'];

/**
 * What a role allows with every key of its tenant. The rest has to be granted, key by key. An application's administrator
 * makes keys and so has all of them: a tenant that wants applications apart gives their people the role `user`, and grants.
 */
export const byRole: Readonly<Record<Role, readonly Deed[]>> = {
  'platform-admin': [],
  'tenant-admin': everything,
  'application-admin': everything,
  user: [],
  auditor: ['view', 'see-grants'],
};

/** The rights any of which allows it. */
export const byGrant: Readonly<Record<Deed, readonly KeyRight[]>> = {
  'use:encrypt': ['use:encrypt'],
  'use:decrypt': ['use:decrypt'],
  'use:sign': ['use:sign'],
  'use:verify': ['use:verify'],
  manage: ['manage'],
  view: keyRights,
  'see-grants': ['manage'],
};

/** What each crypto route does with a key. */
export const useOf = {
  encrypt: 'use:encrypt',
  decrypt: 'use:decrypt',
  sign: 'use:sign',
  verify: 'use:verify',
} as const satisfies Record<string, KeyRight>;

type Rights = ReadonlyMap<string, readonly KeyRight[]>;

/** One key's grants, by the name of who has them. */
export interface GrantsOfKey {
  readonly subject: Rights;
  readonly group: Rights;
}

export type Caller = Pick<Context, 'principal' | 'roles' | 'groups'>;

const roleAllows = (role: Role, deed: Deed): boolean => byRole[role].includes(deed);

const isGranted = (rights: readonly KeyRight[] | undefined, deed: Deed): boolean =>
  rights?.some((right) => byGrant[deed].includes(right)) === true;

/** Whether it goes for every key of the tenant, so that no grant has to be looked at. */
export const mayWithAll = ({ roles }: Caller, deed: Deed): boolean =>
  roles?.some((role) => roleAllows(role, deed)) === true;

/** Whether the caller may do it with the key that has these grants. What nothing allows is refused. */
export const may = (caller: Caller, deed: Deed, { subject, group }: GrantsOfKey): boolean =>
  mayWithAll(caller, deed) ||
  isGranted(subject.get(caller.principal), deed) ||
  caller.groups?.some((name) => isGranted(group.get(name), deed)) === true;

/** @throws AnkaError `key-access-denied` */
export const assertMay = (caller: Caller, deed: Deed, grants: GrantsOfKey): void => {
  if (may(caller, deed, grants)) return;
  throw new AnkaError(
    'key-access-denied',
    `The caller needs one of the rights ${byGrant[deed].join(', ')} on the key. Ask someone who may manage the key for a grant.`,
  );
};

/**
 * Who manages a key by a grant has its people in hand and not its uses (NIST SP 800-53 AC-5): what reaches himself, by his name or
 * by a group of his, he may leave as it is or take away, and somebody else has to give. A token that names no groups does not say
 * that there are none: by it every group may be his. Administrators need no grant anyway.
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
