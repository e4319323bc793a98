import { AnkaError, type KeyState, type RevocationReason } from '@ankasecure/contracts';
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

/** The state that each action leaves a version in for good. A destruction is recognised by its date instead. */
const finalStates: Partial<Readonly<Record<ControlledAction, KeyState>>> = {
  compromise: 'COMPROMISED',
  deactivate: 'DEACTIVATED',
};

/**
 * Recognises an approved change that is repeated because its first answer was lost. @returns the last of `rows` if all of
 * them are already in its final state with the same reason, message and time; otherwise undefined. A missing time counts as
 * that of the first attempt.
 */
export const standingChange = (rows: readonly StoredVersion[], change: StateChange): StoredVersion | undefined => {
  const { reason = null, message = null, occurredAt } = change.revocation ?? {};
  const action = controlledActionOf(change);
  const final = action && finalStates[action];
  const stands = ({ state, revocationReason: held, revocationMessage: said, ...row }: StoredVersion): boolean =>
    state === final &&
    held === reason &&
    said === message &&
    (occurredAt === undefined || row.revocationOccurredAt?.getTime() === Date.parse(occurredAt));
  return final !== undefined && rows.every(stands) ? rows.at(-1) : undefined;
};

/**
 * Plans the moves of a change.
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
  if (last === undefined) throw new AnkaError('key-not-found', 'The key has no such version');
  if (last !== current && ofCurrentOnly.includes(verb))
    throw new AnkaError(
      'key-state',
      `Version ${last.version} was replaced by version ${current?.version}. Deactivate it instead.`,
    );
  const [first, ...more] = meant.flatMap((row): Step[] => {
    const lifecycle = lifecycleOf(row);
    const from = stateAt(lifecycle, now);
    const move = moveOf(change, row);
    const target = targetOf(move, from);
    if (target === undefined) return [];
    const to = onRecord(move, target, lifecycle, now);
    return [{ row, from, to, shown: stateAt({ ...lifecycle, state: to }, now) }];
  });
  if (first === undefined)
    throw new AnkaError('key-state', refusalOf(stateAt(lifecycleOf(last), now), `take the action ${verb}`));
  return [first, ...more];
};
