import { AnkaError, type KeyState, noSuchKey, noSuchVersion, type RevocationReason } from '@ankasecure/contracts';
import type { ControlledAction } from '@ankasecure/policy-rules';
import { isCompromise, type Move, onRecord, refusalOf, stateAt, targetOf } from '../key/key-state.js';
import { lifecycleOf } from '../key/key-store.js';
import type { StoredVersion } from '../key/record/select-version.js';

/** The verbs of callers. Each is a move of the table, or chooses one. */
export type Verb =
  | 'activate'
  | 'suspend'
  | 'resume'
  | 'deactivate'
  | 'revoke'
  | 'compromise'
  | 'schedule-destroy'
  | 'cancel-destroy';

export interface StateChange {
  readonly verb: Verb;
  readonly id: string;
  /** Default: the current version, or all versions if `verb` is about destruction. */
  readonly version?: number | undefined;
  readonly revocation?: Revocation;
}

export interface Revocation {
  readonly reason: RevocationReason;
  readonly message?: string | undefined;
  readonly occurredAt?: string | undefined;
}

/** The change of one version. */
export interface Step {
  readonly row: StoredVersion;
  readonly from: KeyState;
  readonly to: KeyState;
  /** The state that follows from `to` at once, by the version's dates. */
  readonly shown: KeyState;
}

/** Verbs that mean every version they can move if the request names none. */
export const ofAllVersions: readonly Verb[] = ['schedule-destroy', 'cancel-destroy'];

/** Verbs that make a version the one that protects. Only the current version protects. */
const ofCurrentOnly: readonly Verb[] = ['activate', 'resume'];

const moveOf = ({ verb, revocation }: StateChange, row: StoredVersion): Move => {
  if (revocation !== undefined && isCompromise(revocation.reason)) return 'compromise';
  if (verb === 'cancel-destroy' && isCompromise(row.revocationReason)) return 'cancel-destroy-of-compromised';
  return verb;
};

/** The controlled action of each verb that cannot be undone. */
const controlledVerbs: Partial<Readonly<Record<Verb, ControlledAction>>> = {
  'schedule-destroy': 'destroy',
  compromise: 'compromise',
  deactivate: 'deactivate',
  revoke: 'deactivate',
};

/** The controlled action of a change. A tenant may require two people for it. A revocation can be a compromise. */
export const controlledActionOf = ({ verb, revocation }: StateChange): ControlledAction | undefined =>
  isCompromise(revocation?.reason ?? null) ? 'compromise' : controlledVerbs[verb];

/** The versions of a change: the one it names; otherwise the current one, or all if it is about destruction. */
export const versionsMeant = (
  rows: readonly StoredVersion[],
  { verb, version }: StateChange,
): readonly StoredVersion[] => {
  if (version !== undefined) return rows.filter((row) => row.version === version);
  return ofAllVersions.includes(verb) ? rows : rows.slice(-1);
};

/**
 * The states in which a verb has nothing left to do, so that repeating it is harmless. A version that is resumed before its
 * activation date is PRE_ACTIVE again. A destruction is recognised by its date instead: see `Destruction.standing`.
 */
export const doneIn = {
  activate: ['ACTIVE'],
  suspend: ['SUSPENDED'],
  resume: ['ACTIVE', 'PRE_ACTIVE'],
  deactivate: ['DEACTIVATED'],
  revoke: ['DEACTIVATED'],
  compromise: ['COMPROMISED'],
  'schedule-destroy': [],
  'cancel-destroy': ['SUSPENDED', 'COMPROMISED'],
} as const satisfies Record<Verb, readonly KeyState[]>;

/** Whether the version was revoked as `change` says. A missing time counts as that of the first attempt. */
const isRevokedSo = (row: StoredVersion, { reason, message, occurredAt }: Revocation): boolean =>
  row.revocationReason === reason &&
  row.revocationMessage === (message ?? null) &&
  (occurredAt === undefined || row.revocationOccurredAt?.getTime() === Date.parse(occurredAt));

/**
 * Recognises a change that has nothing to do, because it is repeated, or because the versions are as it would leave them. A
 * revocation that says something else than the first one is another change.
 * @returns the last of `rows`, or undefined
 */
export const standingChange = (
  rows: readonly StoredVersion[],
  { verb, revocation }: StateChange,
  now: number,
): StoredVersion | undefined => {
  const done: readonly KeyState[] = doneIn[isCompromise(revocation?.reason ?? null) ? 'compromise' : verb];
  const stands = (row: StoredVersion): boolean =>
    done.includes(stateAt(lifecycleOf(row), now)) && (revocation === undefined || isRevokedSo(row, revocation));
  return rows.every(stands) ? rows.at(-1) : undefined;
};

/**
 * Plans the moves of a change. A version that is activated before the date of its rotation replaces the current one.
 * @param rows the versions that are meant and the current one, oldest first
 * @throws AnkaError `key-not-found` for a missing version, `key-state` if the table allows no move of the versions
 */
export const planChange = (
  rows: readonly StoredVersion[],
  change: StateChange,
  now: number,
): readonly [Step, ...Step[]] => {
  const { verb } = change;
  const current = rows.at(-1);
  const meant = versionsMeant(rows, change);
  const last = meant.at(-1);
  if (last === undefined) throw change.version === undefined ? noSuchKey() : noSuchVersion(change.version);
  if (last !== current && ofCurrentOnly.includes(verb))
    throw new AnkaError(
      'key-state',
      `Version ${last.version} was replaced by version ${current?.version}. Deactivate it instead.`,
    );
  const [first, ...more] = meant.flatMap((row) => stepsOf(row, moveOf(change, row), now));
  if (first === undefined)
    throw new AnkaError('key-state', refusalOf(stateAt(lifecycleOf(last), now), `take the action ${verb}`));
  const [replaced] = verb === 'activate' ? rows.slice(0, -1).flatMap((row) => stepsOf(row, 'rotate', now)) : [];
  return replaced === undefined ? [first, ...more] : [replaced, first, ...more];
};

/** The step of one version; none if the move is illegal in its state. */
const stepsOf = (row: StoredVersion, move: Move, now: number): Step[] => {
  const lifecycle = lifecycleOf(row);
  const from = stateAt(lifecycle, now);
  const target = targetOf(move, from);
  if (target === undefined) return [];
  const to = onRecord(move, target, lifecycle, now);
  return [{ row, from, to, shown: stateAt({ ...lifecycle, state: to }, now) }];
};
