import {
  AnkaError,
  type AuditEvent,
  auditEvent,
  type Context,
  type ImportedPublicKey,
  type KeyState,
  noSuchKey,
  secondsOf,
} from '@ankasecure/contracts';
import type { EntityManager } from 'typeorm';
import type { Custody, KeyRef } from '../custody/custody.js';
import { publicKeyDetails } from '../custody/public/public-key-details.js';
import { readPublicKey } from '../custody/public/read-public-key.js';
import { assertInTime } from '../deadline/assert-in-time.js';
import {
  allOf,
  hasBegun,
  isRotatable,
  refusalOf,
  stateAt,
  stateHolds,
  targetOf,
  type Validity,
} from '../key/key-state.js';
import { lifecycleOf } from '../key/key-store.js';
import { objectKindOf } from '../key/key-version.js';
import { currentOf } from '../key/record/current-version.js';
import type { StoredVersion } from '../key/record/select-version.js';
import { type Forecast, forecastKey } from '../outcome/dry-run-answer.js';
import type { EnforcedPolicy } from '../policy/enforced-policy.js';
import { assertMadeHere, ownerMakesIt } from '../policy/made-here.js';
import { newVersionRequest } from '../policy/new-version.js';
import { type Ruling, refusedBy } from '../policy/ruling.js';
import type { KeyRoom } from './key-room.js';

export interface Rotation {
  readonly id: string;
  /** The version to replace; any version if left out. */
  readonly expectedVersion?: number | undefined;
  /** The time until the new version takes over. Default: it does at once. */
  readonly activateIn?: string | undefined;
  /** The next public key, for a key in custody public. */
  readonly publicKey?: ImportedPublicKey | undefined;
  /** The kids that the next public key has elsewhere. */
  readonly formerKids?: readonly string[] | undefined;
  /** The reason for the rotation, for the event's details. */
  readonly trigger: 'request' | 'schedule' | 'uses';
  /** The turn that the rotation takes, if it must happen only once. */
  readonly turn?: Turn;
}

/** A turn that one worker takes once. */
export interface Turn {
  readonly isOpen: (manager: EntityManager) => Promise<boolean>;
  /** Runs in the recording transaction, with the key locked. @returns false if another worker has taken the turn */
  readonly take: (manager: EntityManager) => Promise<boolean>;
}

export interface RotationPlan {
  readonly ref: Omit<KeyRef, 'objectId' | 'owner'>;
  /** The current version. */
  readonly replaced: StoredVersion;
  /** The number of the new version, the next one that no version has had. */
  readonly version: number;
  readonly ruling: Ruling;
  /** The state of the replaced version. */
  readonly from: KeyState;
  /** When the new version takes over; null if it does at once. */
  readonly activateAt: Date | null;
  readonly validity: Validity;
  /** The next public key of others, as SubjectPublicKeyInfo; undefined for a key that is made here. */
  readonly spki: Buffer | undefined;
}

/**
 * The versions that a rotation reads, oldest first: the one that the request has made already, if there is one, the current
 * one, and those that are to follow it.
 */
export type Versions = readonly StoredVersion[];

/** The version that a rotation replaces. The database's clock may be ahead of `now`: then the oldest has just taken over. */
export const replacedOf = (found: Versions, now: number): StoredVersion | undefined =>
  currentOf(found, now) ?? found[0];

/** The parts that a rotation is planned with. */
interface Planning {
  readonly custody: Custody;
  readonly room: KeyRoom;
  readonly policy: EnforcedPolicy;
  /** The next number that no version has ever had. */
  readonly nextVersion: (newest: StoredVersion) => Promise<number>;
}

/** Plans a key of the same kind, if state, policy and token still allow it and the caller still waits. */
export const planRotation = async (
  { custody, room, policy, nextVersion }: Planning,
  context: Context,
  { expectedVersion, trigger, activateIn, publicKey, formerKids }: Rotation,
  found: Versions,
): Promise<RotationPlan> => {
  const now = policy.now();
  const current = replacedOf(found, now);
  const newest = found.at(-1);
  if (current === undefined || newest === undefined) throw noSuchKey();
  assertMadeHere(current.key.purpose);
  const spki = nextPublicKey(current, publicKey, trigger);
  if (formerKids !== undefined && spki === undefined)
    throw new AnkaError('request-invalid', 'formerKids: is allowed only with publicKey');
  if (expectedVersion !== undefined && expectedVersion !== current.version)
    throw new AnkaError(
      'precondition-failed',
      `The current version is ${current.version}. Read the key again and repeat the rotation.`,
    );
  const activateAt = activateIn === undefined ? null : new Date(now + (secondsOf(activateIn) ?? 0) * 1000);
  const from = rotatableState(current, trigger, now);
  assertFollowedBy(current, { newest, activateAt, from, now });
  const ruling = policy.decide(newVersionRequest(custody, policy, current), now);
  if (!ruling.decision.allow) throw refusedBy(ruling.decision);
  await room.assertForVersion(newest);
  await assertAbility(custody, context, current);
  assertInTime(context);
  const validity = allOf(stateHolds(lifecycleOf(current), now), ruling.decision);
  const version = await nextVersion(newest);
  return { ref: objectKindOf(current.key), replaced: current, version, ruling, from, activateAt, validity, spki };
};

/** @returns the state of the current version. @throws AnkaError `key-state`. An automatic rotation replaces only a version in use. */
const rotatableState = (current: StoredVersion, trigger: Rotation['trigger'], now: number): KeyState => {
  const state = stateAt(lifecycleOf(current), now);
  if (!isRotatable(state) || (trigger !== 'request' && state !== 'ACTIVE'))
    throw new AnkaError('key-state', refusalOf(state, 'be rotated'));
  if (hasBegun(lifecycleOf(current), now)) return state;
  throw new AnkaError(
    'key-state',
    'The key has an activation date in the future, but a new version would be ACTIVE at once',
  );
};

/** What a rotation puts behind the current version. */
interface Following {
  readonly newest: StoredVersion;
  readonly activateAt: Date | null;
  readonly from: KeyState;
  readonly now: number;
}

/**
 * Refuses a second version that waits for its date, and a date that leaves a time without a version that protects.
 * @throws AnkaError `key-state`
 */
const assertFollowedBy = (
  { version, deactivateAt }: StoredVersion,
  { newest, activateAt, from, now }: Following,
): void => {
  if (newest.version > version && stateAt(lifecycleOf(newest), now) === 'PRE_ACTIVE')
    throw new AnkaError(
      'key-state',
      `Version ${newest.version} takes over at ${newest.activateAt?.toISOString()}. Activate it now, or schedule its destruction before you rotate the key.`,
    );
  if (from !== 'ACTIVE' || activateAt === null || deactivateAt === null || activateAt <= deactivateAt) return;
  throw new AnkaError(
    'key-state',
    `The current version is DEACTIVATED at ${deactivateAt.toISOString()}. Choose activateIn so that the new version takes over by then.`,
  );
};

/** @throws AnkaError `algorithm-unavailable` */
const assertAbility = async (
  custody: Custody,
  context: Context,
  { key: { algorithm, purpose, algs }, custody: place }: StoredVersion,
): Promise<void> => {
  const capability = await custody.capability(context, algorithm, purpose, place);
  const missing = algs.filter((alg) => !capability.algs.includes(alg));
  if (missing.length === 0) return;
  throw new AnkaError(
    'algorithm-unavailable',
    `The token does not support ${missing.join(', ')} with ${algorithm} now`,
  );
};

/** A replaced version that goes on until a date changes no state now. */
export const forecast = ({ replaced, version, from, activateAt, ruling }: RotationPlan): Forecast => ({
  key: { ...forecastKey(replaced), version },
  changes: activateAt === null ? [{ version: replaced.version, from, to: targetOf('rotate', from) ?? from }] : [],
  ruling,
});

/** @throws AnkaError `request-invalid`; `purpose-mismatch` for an automatic rotation of a public key, which only its owner can make */
const nextPublicKey = (
  { custody, key: { algorithm, purpose } }: StoredVersion,
  publicKey: ImportedPublicKey | undefined,
  trigger: Rotation['trigger'],
): Buffer | undefined => {
  if (custody !== 'public') {
    if (publicKey === undefined) return undefined;
    throw new AnkaError('request-invalid', 'publicKey: is allowed only for a key in custody public');
  }
  if (trigger !== 'request') throw new AnkaError('purpose-mismatch', ownerMakesIt);
  if (publicKey === undefined) throw new AnkaError('request-invalid', `publicKey: is required. ${ownerMakesIt}`);
  return readPublicKey(publicKey, { algorithm, purpose });
};

/** What a rotation puts in place of what, for its event. */
type Replacement = Pick<RotationPlan, 'replaced' | 'version'> & Partial<Pick<RotationPlan, 'activateAt' | 'spki'>>;

/** The replacement that a refused rotation was to make. @param now milliseconds since the epoch */
export const wantedOf = (found: Versions | undefined, now: number): Replacement | undefined => {
  const replaced = found && replacedOf(found, now);
  const newest = found?.at(-1);
  return replaced && newest && { replaced, version: newest.version + 1 };
};

export const rotationEvent = (
  context: Context,
  { id, trigger, activateIn }: Rotation,
  replacement: Replacement | undefined,
  failureCode: string | null,
): AuditEvent =>
  auditEvent(context, {
    operation: 'key.rotate',
    keyId: id,
    algorithm: replacement?.replaced.key.algorithm ?? null,
    failureCode,
    details: {
      trigger,
      ...(activateIn !== undefined && { activateIn }),
      ...(replacement === undefined ? {} : detailsOf(replacement)),
    },
  });

const detailsOf = ({ replaced, version, activateAt, spki }: Replacement): Record<string, string> => ({
  version: String(version),
  replaces: String(replaced.version),
  custody: replaced.custody,
  partition: replaced.partition,
  ...(activateAt && { activateAt: activateAt.toISOString() }),
  ...(spki && publicKeyDetails(spki)),
});
