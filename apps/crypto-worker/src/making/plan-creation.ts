import { type Alg, type AlgorithmName, defaultPurpose, joseAlgs, type Purpose } from '@ankasecure/algorithm';
import { AnkaError, type Context, type createKey, type KeyQuota } from '@ankasecure/contracts';
import type { z } from 'zod';
import type { Custody, CustodyKind, GeneratedKey, KeyRef, NewKey } from '../custody/custody.js';
import { outsideSteps } from '../custody/outside-step.js';
import { assertInTime } from '../deadline/assert-in-time.js';
import { objectKindOf } from '../key/key-version.js';
import type { Making } from '../object/make-object.js';
import type { EnforcedPolicy } from '../policy/enforced-policy.js';
import { type Ruling, refusedBy } from '../policy/ruling.js';

export type CreationRequest = z.infer<typeof createKey.request>;

/** Where the key comes from. */
export interface KeySource {
  readonly operation: 'key.create' | 'key.import';
  /** In the event, besides what all have. */
  readonly details: Readonly<Record<string, string>>;
  /** @throws AnkaError where it cannot come from there */
  readonly prepare: (algorithm: AlgorithmName, purpose: Purpose, policy: EnforcedPolicy) => Promise<Supply>;
}

/** How it comes, once everything allows it. */
export interface Supply {
  /**
   * Where making it uses another key: begun before anything is, so that what may not begin leaves nothing to clean up.
   * @param told hears what that key may still do
   * @returns what ends it
   * @throws AnkaError `quota-exceeded`
   */
  readonly begin?: (told: (left: KeyQuota) => void) => () => void;
  readonly make: (key: NewKey) => Promise<GeneratedKey>;
  /** Where another key was used for it: its use is part of the outcome. */
  readonly report?: Making<unknown>['report'];
}

export interface CreationPlan {
  readonly ref: Omit<KeyRef, 'objectId'>;
  readonly algs: readonly Alg[];
  readonly ruling: Ruling;
  readonly supply: Supply;
}

/** A request, and what decides whether it may be met. */
interface RequestedCreation {
  readonly request: CreationRequest;
  readonly policy: EnforcedPolicy;
  readonly source: KeySource;
}

/**
 * Plans a key, if everything allows it and the caller still waits. From here on an object is made, or cleaned up.
 * @param assertRoom throws `quota-exceeded` when the tenant has all the keys it may have
 * @throws AnkaError `tenant-mismatch`, `request-invalid`, `purpose-mismatch`, `algorithm-mismatch`, `policy-refused`, `algorithm-unavailable`, `quota-exceeded`, `deadline-exceeded`, and the source's
 */
export const planCreation = async (
  custody: Custody,
  assertRoom: () => Promise<void>,
  context: Context,
  { request, policy, source }: RequestedCreation,
): Promise<CreationPlan> => {
  const { algorithm } = request;
  if (request.tenantId !== undefined && request.tenantId !== context.tenantId)
    throw new AnkaError('tenant-mismatch', 'tenantId: must be the tenant of the token, or left out');
  assertDates(request);
  const purpose = request.purpose ?? defaultPurpose(algorithm);
  const possible = possibleAlgs(request, purpose);
  const ruling = policy.decide({
    algorithm,
    purpose,
    use: 'create',
    custody: custodyOf(request),
    outsideSteps: outsideSteps(custody, algorithm, purpose),
    labels: Object.keys(request.metadata ?? {}),
    ...(request.deactivateAt !== undefined && { lifeDays: daysTo(request.deactivateAt) }),
  });
  if (!ruling.decision.allow) throw refusedBy(ruling.decision);
  const algs = await usableAlgs(custody, context, request, purpose, possible);
  const supply = await source.prepare(algorithm, purpose, policy);
  await assertRoom();
  assertInTime(context);
  return { ref: objectKindOf({ algorithm, purpose, algs }), algs, ruling, supply };
};

export const custodyOf = ({ custody = 'token' }: CreationRequest): CustodyKind => custody;

export const isToCome = (instant: string | undefined): boolean =>
  instant !== undefined && Date.parse(instant) > Date.now();

const daysTo = (instant: string): number => (Date.parse(instant) - Date.now()) / 86_400_000;

const assertDates = ({ activateAt, deactivateAt }: CreationRequest): void => {
  if (deactivateAt === undefined) return;
  if (!isToCome(deactivateAt)) throw new AnkaError('request-invalid', 'deactivateAt: must be in the future');
  if (activateAt !== undefined && Date.parse(activateAt) >= Date.parse(deactivateAt))
    throw new AnkaError('request-invalid', 'deactivateAt: must be after activateAt');
};

/** The JOSE algorithms that go with such a key, the one asked for among them. */
const possibleAlgs = ({ algorithm, alg }: CreationRequest, purpose: Purpose): readonly Alg[] => {
  const possible = joseAlgs(algorithm, purpose);
  if (possible.length === 0)
    throw new AnkaError('purpose-mismatch', `Keys of ${algorithm} cannot have the purpose ${purpose}`);
  if (alg !== undefined && !possible.includes(alg))
    throw new AnkaError('algorithm-mismatch', `${algorithm} for ${purpose} supports only ${possible.join(', ')}`);
  return possible;
};

/** Those of them that the token can do; of a key to encrypt with, one. */
const usableAlgs = async (
  custody: Custody,
  context: Context,
  request: CreationRequest,
  purpose: Purpose,
  possible: readonly Alg[],
): Promise<readonly Alg[]> => {
  const { algorithm, alg } = request;
  const kind = custodyOf(request);
  const capability = await custody.capability(context, algorithm, purpose, kind);
  const usable = possible.filter((each) => capability.algs.includes(each) && (alg === undefined || each === alg));
  if (usable.length > 0) return purpose === 'encrypt' ? usable.slice(0, 1) : usable;
  const why = capability.excluded
    .filter((row) => alg === undefined || row.alg === alg)
    .map((row) => `${row.alg}: ${row.detail}`);
  throw new AnkaError(
    'algorithm-unavailable',
    `${algorithm} for ${purpose} cannot be used on this token${kind === 'wrapped' ? ' in wrapped custody' : ''}. ${why.join('; ')}`,
  );
};
