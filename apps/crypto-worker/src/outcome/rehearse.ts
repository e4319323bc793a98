import type { AlgorithmName } from '@ankasecure/algorithm';
import { AnkaError, type Context, type DryRun, rehearsalOf, type Tried, tried } from '@ankasecure/contracts';
import type { KeyRow } from '../key/key-store.js';
import type { EnforcedPolicies, EnforcedPolicy } from '../policy/enforced-policy.js';
import { dryRunOf, type Rehearsed } from './dry-run.js';
import { eventOf } from './event.js';
import { undecided } from './fence.js';
import type { GroupCommit } from './group-commit.js';

/** What a dry run is about. */
export interface Deed {
  /** As events name it. */
  readonly operation: string;
  readonly keyId: string | null;
  readonly algorithm: AlgorithmName | null;
  readonly details?: Readonly<Record<string, string>>;
}

/** What the answer tells of a deed that would succeed. */
export type Foreseen = Pick<Rehearsed, 'key' | 'ruling' | 'changes'>;

/** What is on record of a dry run. */
export const rehearsedEvent = (context: Context, { operation, ...deed }: Deed, { error }: Tried<unknown>) =>
  eventOf(context, {
    ...deed,
    operation: rehearsalOf(operation),
    outcome: error === undefined ? 'success' : 'failure',
    failureCode: error?.code ?? null,
  });

/** What its caller is told. @param refused the key, as far as a refusal may name it */
export const rehearsed = ({ operation }: Deed, ended: Tried<Foreseen>, refused: Rehearsed['key']): DryRun =>
  dryRunOf(
    ended.error === undefined ? { operation, ...ended.result } : { operation, error: ended.error, key: refused },
  );

/**
 * What a making would do: `plan` is the deed's own, decided by a policy that is still in force when the dry run is on record.
 * @throws AnkaError `decision-outdated`, `audit-unavailable`
 */
export const rehearseMaking = async (
  { policies, outcomes }: { readonly policies: EnforcedPolicies; readonly outcomes: GroupCommit },
  context: Context,
  deed: Deed,
  plan: (policy: EnforcedPolicy) => Promise<Foreseen>,
  refused: Rehearsed['key'],
): Promise<DryRun> => {
  const { tenantId } = context;
  for (let attempt = 0; attempt < 2; attempt++) {
    const policy = await policies.of(tenantId);
    const ended = await tried(() => plan(policy));
    if (await outcomes.commit({ tenantId, policy, key: null }, rehearsedEvent(context, deed, ended)))
      return rehearsed(deed, ended, refused);
    policies.forget(tenantId);
  }
  const error = new AnkaError('decision-outdated', 'The tenant policy changed meanwhile; try again');
  await outcomes.commit(undecided(tenantId), rehearsedEvent(context, deed, { error }));
  throw error;
};

/** A key as a dry run names it. */
export const keyOf = ({ id, version, algorithm, purpose, custody }: KeyRow): Rehearsed['key'] => ({
  keyId: id,
  ...{ version, algorithm, purpose, custody },
});
