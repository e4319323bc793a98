import { hash } from 'node:crypto';
import { fipsStatus } from '@ankasecure/algorithm';
import type { Key, KeyVersionResource } from '@ankasecure/contracts';
import type { Custody } from '../custody/custody.js';
import { outsideWarnings } from '../custody/outside-step.js';
import { stateAt } from './key-state.js';
import { lifecycleOf, versionOf } from './key-store.js';
import { publicKeyOf } from './public-key.js';
import type { StoredVersion } from './record/select-version.js';

const instantOf = (date: Date | null): string | null => date?.toISOString() ?? null;

/** The FIPS status of a software key, whatever the status of its algorithm. */
const outsideModules = { approved: false, source: 'FIPS 140-3 §7.2 (used outside the boundary of a validated module)' };

/** The FIPS status of a key whose algorithm is from a draft. */
const ofDraft = (draft: string) => ({ approved: false, source: `${draft}, in no FIPS or SP 800 text` });

const fipsOf = ({ custody, key: { draft, algorithm, purpose } }: StoredVersion, now: number): Key['fips'] => {
  if (custody === 'software') return outsideModules;
  return draft === null ? fipsStatus(algorithm, purpose, now) : ofDraft(draft);
};

/**
 * Tells until when a backup can bring a destroyed version back. An object of the token is gone at once. A blob in a backup
 * opens for as long as the token holds a KEK that may have wrapped it.
 */
const recoveryOf = ({ state, custody, lastKek }: StoredVersion): Key['recovery'] => {
  if (state !== 'DESTROYED') return null;
  if (custody === 'public') return { possible: true, until: null };
  const isPossible = custody !== 'token' && lastKek !== null && lastKek.destroyedAt === null;
  return { possible: isPossible, until: isPossible ? instantOf(lastKek.destroyAt) : null };
};

/** The recorded life of a version, with its state now. */
const lifeOf = (stored: StoredVersion, now: number) => ({
  state: stateAt(lifecycleOf(stored), now),
  activateAt: instantOf(stored.activateAt),
  deactivateAt: instantOf(stored.deactivateAt),
  revocation:
    stored.revocationReason === null || stored.revocationOccurredAt === null
      ? null
      : {
          reason: stored.revocationReason,
          message: stored.revocationMessage,
          occurredAt: stored.revocationOccurredAt.toISOString(),
        },
  destroyAt: instantOf(stored.destroyAt),
  destroyedAt: instantOf(stored.destroyedAt),
  recovery: recoveryOf(stored),
});

/**
 * A key as callers see it, with one of its versions: the current one, unless the caller asked for or changed another.
 * @param now milliseconds since the epoch
 * @param formerKids where the answer tells them
 */
export const keyResource = (
  custody: Custody,
  stored: StoredVersion,
  now: number,
  formerKids: readonly string[] = [],
): Key => {
  const version = versionOf(stored);
  const warnings = outsideWarnings(custody, version);
  return {
    id: stored.keyId,
    tenantId: stored.tenantId,
    label: stored.key.label,
    algorithm: stored.key.algorithm,
    purpose: stored.key.purpose,
    algs: stored.key.algs,
    ...(stored.key.draft !== null && { draft: stored.key.draft }),
    custody: stored.custody,
    version: stored.version,
    ...lifeOf(stored, now),
    publicKey: publicKeyOf(version),
    hsm: { partition: stored.partition, uri: custody.uri(version.ref) },
    description: stored.key.description,
    metadata: stored.key.metadata,
    purgeProtection: stored.key.purgeProtection,
    fips: fipsOf(stored, now),
    ...(formerKids.length > 0 && { formerKids: [...formerKids] }),
    createdAt: stored.key.createdAt.toISOString(),
    revision: stored.key.revision,
    ...(warnings.length > 0 ? { warnings } : {}),
  };
};

/**
 * Names what a key shows beside its revision: the version and state that a date brings about, and what the standards and the token say of
 * it at the time. Undefined for a key that shows nothing of this kind.
 */
export const variantOf = ({
  version,
  state,
  activateAt,
  deactivateAt,
  fips,
  warnings = [],
}: Key): string | undefined => {
  const isPlain = activateAt === null && deactivateAt === null && fips.approved && warnings.length === 0;
  return isPlain
    ? undefined
    : hash('sha256', JSON.stringify([version, state, fips, warnings]), 'base64url').slice(0, 11);
};

export const versionResource = (custody: Custody, stored: StoredVersion, now: number): KeyVersionResource => {
  const version = versionOf(stored);
  return {
    keyId: stored.keyId,
    version: stored.version,
    ...lifeOf(stored, now),
    custody: stored.custody,
    publicKey: publicKeyOf(version),
    hsm: { partition: stored.partition, uri: custody.uri(version.ref) },
    createdAt: stored.createdAt.toISOString(),
  };
};
