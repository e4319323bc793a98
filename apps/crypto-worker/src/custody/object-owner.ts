import { createHash, randomBytes } from 'node:crypto';

/** Kinds of keys that serve the platform, not callers. Each has exactly one template. */
export type PlatformKeyKind = 'kek' | 'audit-mac' | 'blob-mac' | 'import' | 'token-signing' | CheckpointKeyKind;

/** Kinds of keys that sign the checkpoints of a tenant's audit trail and nothing else. */
export type CheckpointKeyKind = 'checkpoint-ed25519' | 'checkpoint-p256' | 'checkpoint-ml-dsa';

/** Kinds of keys that serve no tenant. No row names them: they are found in the token by their labels. */
export type PartitionKeyKind = 'record-mac';

/** Whose object of the token it is, and what for. The object's label and CKA_ID say so, and nobody can change them. */
export interface ObjectOwner {
  /** `key` for a tenant's own key. No key of a caller has another role. */
  readonly role: 'key' | PlatformKeyKind;
  readonly tenantId: string;
  /** null for a platform key. */
  readonly keyId: string | null;
  /** The version of the key, or the generation of the platform key. */
  readonly version: number;
}

/** The members of a key version that name it. */
export interface KeyOwner {
  readonly tenantId: string;
  readonly keyId: string;
  readonly version: number;
}

/** A platform key of a tenant as an object of the token. */
export interface PlatformRef {
  readonly kind: PlatformKeyKind;
  readonly tenantId: string;
  readonly generation: number;
  /** CKA_ID. */
  readonly objectId: Uint8Array;
}

/** A key that serves the whole partition, as an object of the token. */
export interface PartitionRef {
  readonly kind: PartitionKeyKind;
  readonly label: string;
  /** CKA_ID. */
  readonly objectId: Uint8Array;
}

export const ownerOfKey = ({ tenantId, keyId, version }: KeyOwner): ObjectOwner => ({
  role: 'key',
  tenantId,
  keyId,
  version,
});

export const ownerOfPlatformKey = ({ kind, tenantId, generation }: Omit<PlatformRef, 'objectId'>): ObjectOwner => ({
  role: kind,
  tenantId,
  keyId: null,
  version: generation,
});

/** The parts of the configuration that names of objects contain. */
export interface Naming {
  readonly partition: string;
  readonly kekLabelPrefix: string;
}

/** What an object of the token must say of itself. */
export interface ObjectName {
  readonly label: string;
  /** The label of objects that earlier releases made. Their CKA_IDs are random. */
  readonly formerLabel: string;
  /** The data that the CKA_ID binds. */
  readonly bound: string;
}

const labelsOf = (
  { role, tenantId, keyId, version }: ObjectOwner,
  { partition, kekLabelPrefix }: Naming,
): readonly [label: string, formerLabel: string] => {
  if (role === 'key')
    return [`ankasecure:key:${partition}:${tenantId}:${keyId}.${version}`, `ankasecure:${keyId}.${version}`];
  if (role === 'kek') return [`${kekLabelPrefix}:${tenantId}`, `${kekLabelPrefix}:${tenantId}`];
  return [`ankasecure:${role}:${partition}:${tenantId}`, `ankasecure:${role}:${tenantId}`];
};

export const nameOfObject = (owner: ObjectOwner, naming: Naming): ObjectName => {
  const [label, formerLabel] = labelsOf(owner, naming);
  const { role, tenantId, keyId, version } = owner;
  return { label, formerLabel, bound: [naming.partition, role, tenantId, keyId ?? '', version].join(':') };
};

/** The start of every CKA_ID that binds its owner. A random id of an earlier release starts so once in 2^32. */
const mark = Buffer.from('ank2', 'latin1');
const randomAt = mark.length;
const digestAt = randomAt + 4;
const idBytes = 16;

const digestOf = (random: Uint8Array, bound: string): Buffer =>
  createHash('sha256')
    .update('ankasecure object id 2\0')
    .update(random)
    .update(bound)
    .digest()
    .subarray(0, idBytes - digestAt);

/**
 * A new CKA_ID of 16 bytes: the mark, four random bytes, and half of a digest over these and the owner. Two workers that
 * make the same version at once get different ids.
 */
export const newObjectId = (owner: ObjectOwner, naming: Naming): Buffer => {
  const random = randomBytes(digestAt - randomAt);
  return Buffer.concat([mark, random, digestOf(random, nameOfObject(owner, naming).bound)]);
};

/** Tells whether an id is of the form that binds its owner, whoever that is. */
export const bindsOwner = (id: Uint8Array): boolean => Buffer.from(id.subarray(0, randomAt)).equals(mark);

/**
 * Tells whether an object with this CKA_ID and label is the named one. An id that binds an owner must bind this one. Any
 * other id is of an earlier release, whose labels name less; no object gets such a label any more.
 */
export const isNamed = (
  id: Uint8Array,
  label: string,
  { label: expected, formerLabel, bound }: ObjectName,
): boolean => {
  if (!bindsOwner(id)) return label === formerLabel;
  const digest = digestOf(id.subarray(randomAt, digestAt), bound);
  return label === expected && digest.equals(id.subarray(digestAt));
};

const roles: readonly string[] = [
  'key',
  'kek',
  'audit-mac',
  'blob-mac',
  'import',
  'token-signing',
  'checkpoint-ed25519',
  'checkpoint-p256',
  'checkpoint-ml-dsa',
];

/** The text of an owner, for records. */
export const ownerText = ({ role, tenantId, keyId, version }: ObjectOwner): string =>
  [role, tenantId, keyId ?? '', version].join(':');

/** @returns undefined for any other text */
export const parseOwner = (text: string): ObjectOwner | undefined => {
  const [role = '', tenantId = '', keyId = '', version = '', ...rest] = text.split(':');
  if (!roles.includes(role) || tenantId === '' || rest.length > 0 || !/^[1-9][0-9]{0,9}$/.test(version))
    return undefined;
  if ((role === 'key') !== (keyId !== '')) return undefined;
  return { role: role as ObjectOwner['role'], tenantId, keyId: keyId === '' ? null : keyId, version: Number(version) };
};
