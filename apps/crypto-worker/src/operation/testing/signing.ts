import type { Context } from '@ankasecure/contracts';
import { monotonicNow } from '@ankasecure/contracts';
import type { Clock, Outbox, RawAnswer } from '@ankasecure/service-kit';
import { grantsOf } from '../../access/grant.js';
import type { CustodyKind } from '../../custody/custody.js';
import { type KnownKey, knownKey } from '../../jose/testing/known-key.js';
import type { GrantedVersion, KeyStore, Target } from '../../key/key-store.js';
import type { GroupCommit } from '../../outcome/group-commit.js';
import { type EnforcedPolicies, enforcedPolicy } from '../../policy/enforced-policy.js';
import { Quotas } from '../../quota/quotas.js';
import { ownClock } from '../../testing/worker-database.js';
import { AttemptItem } from '../attempt-item.js';
import type { UseBudget } from '../budget/use-budget.js';
import { type Operation, operations } from '../operation.js';
import { RunOperation } from '../run-operation.js';
import { verbOf } from '../verb.js';

/** Grants a key to its tenant's administrators, and lets its custody know it as self-tested. */
export const granted = ({ custody, key }: KnownKey): GrantedVersion => {
  Object.assign(custody, { known: () => ({ ...key, excluded: [], outsideSteps: [] }) });
  return { ...key, version: 1, custody: 'token', grants: grantsOf([]) };
};

const known = knownKey('EC-P256', 'sign');

/** Version 1 of the key that signs, whatever its requested id. */
export const signingKey = granted(known);

interface Replaced {
  readonly quotas?: Quotas;
  readonly budget?: Pick<UseBudget, 'bounds' | 'take'>;
  readonly meant?: KeyStore['meant'];
  readonly forget?: KeyStore['forget'];
  readonly outcomes?: GroupCommit;
  readonly clock?: Clock;
  readonly isCurrent?: boolean;
  readonly policyCustody?: readonly CustodyKind[];
}

const unbounded = { bounds: () => false, take: async (_: Context, taken: GrantedVersion) => taken };
const asNamed = async (_: string, target: Target): Promise<GrantedVersion> => ({
  ...signingKey,
  ...target,
  version: 1,
});

const allWritten = { commitAll: async (all: unknown[]) => all.map(() => 'written') } as unknown as GroupCommit;

/** Runs an operation as a worker does. Everything else about the operation is allowed, except for the given parts. */
export const running = <Item, Parsed>(
  operation: Operation<Item, Parsed>,
  { custody, key }: KnownKey,
  {
    quotas = new Quotas({ tenants: [] }),
    budget = unbounded,
    meant = asNamed,
    forget = () => undefined,
    outcomes = allWritten,
    clock = ownClock,
    isCurrent = true,
    policyCustody = ['token'],
  }: Replaced = {},
) => {
  const policy = enforcedPolicy(
    1,
    { allowedAlgorithms: [key.algorithm], fipsOnly: false, custody: [...policyCustody] },
    clock,
  );
  const items = new AttemptItem(
    custody,
    { meant, forget, isCurrent: async () => isCurrent } as unknown as KeyStore,
    { of: async () => policy, forget: () => undefined } as unknown as EnforcedPolicies,
    budget as UseBudget,
    quotas,
  );
  const runner = new RunOperation(items, outcomes, { assertRoom: () => undefined } as unknown as Outbox, clock);
  return (request: object, more: Partial<Context> = {}): Promise<RawAnswer> => {
    const context: Context = {
      tenantId: key.tenantId,
      principal: 'somebody',
      roles: ['application-admin'],
      correlationId: 'signing',
      deadline: monotonicNow() + 60_000,
      ...more,
    };
    return runner.run(verbOf(items, operation), context, Buffer.from(JSON.stringify(request)));
  };
};

const [, , sign] = operations;

/** Signs as a worker does. */
export const signing = (replaced?: Replaced) => running(sign, known, replaced);
