import { type Alg, type AlgorithmName, algorithmNames, algorithmOf, type Purpose } from '@ankasecure/algorithm';
import { type KeyOwner, type ObjectOwner, ownerOfKey, ownerOfPlatformKey } from '../../object-owner.js';
import { lackingAnyKey } from '../capability/lack.js';
import { planEntry, testOf } from '../capability/plan-test.js';
import type { MechanismList } from '../cryptoki/mechanism.js';
import { type KeyShape, platformShapes } from '../job/key-shape.js';
import { kindOf } from '../kind/kinds.js';
import type { SelfTestAlg } from '../kind/self-test.js';
import type { Profile } from '../profile/profile.js';

/** Stands for a tenant in the names of trial keys. No tenant has this id: theirs are UUIDs. */
const tenantId = 'hsm-doctor';

/** Platform keys, each with the algorithms that it is tried with. Those that wrap or unwrap are only made and checked. */
const platformKeys = [
  { kind: 'kek', algs: [] },
  { kind: 'blob-mac', algs: ['HS256'] },
  { kind: 'audit-mac', algs: ['HS256'] },
  { kind: 'token-signing', algs: ['ES256'] },
  { kind: 'import', algs: [] },
  { kind: 'checkpoint-p256', algs: ['ES256'] },
] as const satisfies readonly { readonly kind: string; readonly algs: readonly Alg[] }[];

type PlatformKey = (typeof platformKeys)[number]['kind'];
export const platformKeyNames: readonly PlatformKey[] = platformKeys.map(({ kind }) => kind);

/** An algorithm that the token's list rules out. */
export interface Lacking {
  readonly alg: Alg;
  readonly detail: string;
}

interface AnyTrial {
  readonly purpose: Purpose | 'platform';
  readonly shape: KeyShape;
  readonly algs: readonly SelfTestAlg[];
  /** Making such a key may take minutes. */
  readonly isLong: boolean;
}

/** A tenant's key: an object of the token, or one that a KEK wraps. */
export interface KeyTrial extends AnyTrial {
  readonly custody: 'token' | 'wrapped';
  readonly algorithm: AlgorithmName;
  readonly purpose: Purpose;
}

/** A key of the platform, an object of the token. */
export interface PlatformTrial extends AnyTrial {
  readonly custody: 'platform';
  readonly algorithm: PlatformKey;
  readonly purpose: 'platform';
}

/** One key to generate, use and destroy. */
export type Trial = KeyTrial | PlatformTrial;

/** The algorithms of one purpose that are not tried. */
export interface LackingRow {
  readonly algorithm: AlgorithmName;
  readonly purpose: Purpose;
  readonly lacking: readonly Lacking[];
}

const isLong = (shape: KeyShape): boolean => {
  const { longTestFromBits } = kindOf(shape);
  return longTestFromBits !== null && shape.bits >= longTestFromBits;
};

interface PlannedKeys {
  readonly trials: readonly KeyTrial[];
  readonly lacking: LackingRow;
  readonly outsideSteps: readonly string[];
}

const planKeys = (algorithm: AlgorithmName, purpose: Purpose, profile: Profile, listed: MechanismList): PlannedKeys => {
  const { entry, specs } = planEntry(algorithm, purpose, profile, listed);
  const custodies = profile.kekWrap.length > 0 ? (['token', 'wrapped'] as const) : (['token'] as const);
  const { excluded: all, outsideSteps } = entry.capability;
  const excluded = all.filter(({ code }) => code === 'token-lacks-mechanism');
  return {
    trials: specs.flatMap(({ shape, algs }) =>
      custodies.map((custody) => ({ custody, algorithm, purpose, shape, algs, isLong: isLong(shape) })),
    ),
    lacking: { algorithm, purpose, lacking: excluded },
    outsideSteps,
  };
};

export interface TrialPlan {
  readonly trials: readonly Trial[];
  readonly lacking: readonly LackingRow[];
  /** What the worker does outside this token, by the names of `outsideStepTable`. */
  readonly outsideSteps: readonly string[];
}

/** Everything that the token and its profile promise, by the tables that the service goes by. */
export const planTrials = (profile: Profile, listed: MechanismList): TrialPlan => {
  const keys = algorithmNames.flatMap((algorithm) =>
    (Object.keys(algorithmOf(algorithm).purposes) as Purpose[]).map((purpose) =>
      planKeys(algorithm, purpose, profile, listed),
    ),
  );
  const makesNone = lackingAnyKey(profile) !== null;
  const platform = platformKeys
    .filter(({ kind }) => !makesNone && (kind !== 'kek' || profile.kekWrap.length > 0))
    .map(({ kind, algs }): PlatformTrial => {
      const shape = platformShapes[kind];
      return {
        custody: 'platform',
        algorithm: kind,
        purpose: 'platform',
        shape,
        algs: algs.map(testOf),
        isLong: isLong(shape),
      };
    });
  return {
    trials: [...platform, ...keys.flatMap(({ trials }) => trials)],
    lacking: keys.map(({ lacking }) => lacking).filter(({ lacking }) => lacking.length > 0),
    outsideSteps: [...new Set(keys.flatMap(({ outsideSteps }) => outsideSteps))],
  };
};

/** A key of purpose `wrap` is imported, and the driver's own test of it has only objects of a session. */
export const isObject = ({ custody, purpose }: Trial): boolean => custody !== 'wrapped' && purpose !== 'wrap';

/** Names the version of a trial key. The names are the same in every run, so that a later run finds what an earlier one left. */
export const keyOwnerOf = ({ algorithm, purpose, shape }: Trial): KeyOwner => ({
  tenantId,
  keyId: ['hsm-doctor', algorithm, purpose, ...(shape.alg === null ? [] : [shape.alg])].join('-'),
  version: 1,
});

export const platformRefOf = (kind: PlatformKey, objectId: Uint8Array) => ({ kind, tenantId, generation: 1, objectId });

/** The owner that the label and the CKA_ID of a trial key name. */
export const ownerOf = (trial: Trial): ObjectOwner =>
  trial.custody === 'platform'
    ? ownerOfPlatformKey(platformRefOf(trial.algorithm, Buffer.alloc(0)))
    : ownerOfKey(keyOwnerOf(trial));
