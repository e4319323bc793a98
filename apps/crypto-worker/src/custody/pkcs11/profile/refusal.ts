import { AnkaError } from '@ankasecure/contracts';
import type { PartitionKeyKind, PlatformKeyKind } from '../../object-owner.js';
import type { Profile } from './profile.js';

/**
 * The calls that a token cannot do whatever the key, by its profile. Such a call is refused before it reaches the HSM.
 * @throws AnkaError `algorithm-unavailable`
 */
export const assertStoresData = ({ dataObjects }: Profile): void => {
  if (!dataObjects) throw new AnkaError('algorithm-unavailable', 'The token stores no data objects.');
};

/** @throws AnkaError `algorithm-unavailable` */
export const assertMakes = (
  { keyTemplates, kekWrap }: Profile,
  kind: PlatformKeyKind | PartitionKeyKind | 'key',
): void => {
  if (keyTemplates === 'vendor')
    throw new AnkaError(
      'algorithm-unavailable',
      'The token makes keys only from its vendor’s own attributes, which cannot say whose a key is and what it may do.',
    );
  if (kind === 'kek' && kekWrap.length === 0)
    throw new AnkaError(
      'algorithm-unavailable',
      'The token does not support AES key wrap with padding, so it cannot hold a key-encryption key.',
    );
};

const bounds = {
  gcm: {
    most: ({ gcm }: Profile) => gcm.maxBytes,
    detail: (most: number) =>
      `This token encrypts at most ${most} bytes at a time with dir. Use a key-wrapping algorithm.`,
  },
  mac: {
    most: ({ macMaxBytes }: Profile) => macMaxBytes ?? Number.POSITIVE_INFINITY,
    detail: (most: number) =>
      `This token computes a MAC of at most ${most} bytes. Send the hash of the message instead.`,
  },
} as const;

/** @throws AnkaError `body-too-large` */
export const assertFits = (profile: Profile, use: keyof typeof bounds, { length }: Uint8Array): void => {
  const { most, detail } = bounds[use];
  if (length > most(profile)) throw new AnkaError('body-too-large', detail(most(profile)));
};
