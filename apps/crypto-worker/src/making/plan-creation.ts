import { type Alg, type AlgorithmName, defaultPurpose, draftOf, joseAlgs, type Purpose } from '@ankasecure/algorithm';
import { AnkaError, anyAlg, type Context, type createKey, type KeyQuota, secondsOf } from '@ankasecure/contracts';
import type { EntityManager } from 'typeorm';
import type { z } from 'zod';
import type { Custody, CustodyKind, GeneratedKey, KeyRef, NewKey } from '../custody/custody.js';
import { outsideSteps } from '../custody/outside-step.js';
import { assertInTime } from '../deadline/assert-in-time.js';
import { dayMs } from '../deadline/day.js';
import { objectKindOf } from '../key/key-version.js';
import type { Making } from '../object/make-object.js';
import type { EnforcedPolicy } from '../policy/enforced-policy.js';
import { type Ruling, refusedBy } from '../policy/ruling.js';

export type CreationRequest = Omit<z.infer<typeof createKey.request>, 'custody'> & {
  readonly custody?: CustodyKind | undefined;
};

/** The source of a key. */
export interface KeySource {
  readonly operation: 'key.create' | 'key.import';
  /** The kids that the key had elsewhere. */
  readonly formerKids?: readonly string[] | undefined;
  /** Details of the event, in addition to the common ones. */
  readonly details: Readonly<Record<string, string>>;
  /** Steps outside the HSM that bringing the key in needs, in addition to those of its uses. */
  readonly outsideSteps?: (algorithm: AlgorithmName, purpose: Purpose) => readonly string[];
  /** @throws AnkaError if the key cannot come from this source */
  readonly prepare: (algorithm: AlgorithmName, purpose: Purpose, policy: EnforcedPolicy) => Promise<Supply>;
}

/** Supplies the key, once all checks have passed. */
export interface Supply {
  /**
   * Begins the use of another key, if making this one needs it. It runs before anything else begins, so a refusal leaves
   * nothing to clean up.
   * @param told receives that key's remaining quota
   * @returns a function that ends the use
   * @throws AnkaError `quota-exceeded`
   */
  readonly begin?: (told: (left: KeyQuota) => void) => () => void;
  readonly make: (key: NewKey) => Promise<GeneratedKey>;
  /**
   * Tells whether the other key may still be used, before the new one is recorded. The caller shares the tenant's fence.
   * @param now milliseconds since the epoch
   */
  readonly holds?: (manager: EntityManager, now: number) => Promise<boolean>;
  /** Reports the outcome if another key was used. The use is part of the outcome. */
  readonly report?: Making<unknown>['report'];
}

export interface CreationPlan {
  readonly ref: Omit<KeyRef, 'objectId' | 'owner'>;
  readonly algs: readonly Alg[];
  readonly ruling: Ruling;
  readonly supply: Supply;
}

/** A request, and the checks that it must pass. */
interface RequestedCreation {
  readonly request: CreationRequest;
  readonly policy: EnforcedPolicy;
  readonly source: KeySource;
}

/**
 * Plans a key, if all checks pass and the caller still waits. From here on an object is made or cleaned up.
 * @param assertRoom throws `quota-exceeded` if the tenant has reached its limit of keys
 * @throws AnkaError `tenant-mismatch`, `request-invalid`, `purpose-mismatch`, `algorithm-mismatch`, `policy-refused`,
 * `algorithm-unavailable`, `quota-exceeded`, `deadline-exceeded`, and the source's errors
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
  const now = policy.now();
  assertDates(request, now);
  const purpose = request.purpose ?? defaultPurpose(algorithm);
  const possible = possibleAlgs(request, purpose);
  const ruling = policy.decide({
    algorithm,
    purpose,
    use: 'create',
    custody: custodyOf(request),
    outsideSteps: [
      ...(source.outsideSteps?.(algorithm, purpose) ?? []),
      ...outsideSteps(custody, { algorithm, purpose, algs: possible, custody: custodyOf(request) }),
    ],
    labels: Object.keys(request.metadata ?? {}),
    ...(request.deactivateAt !== undefined && { lifeDays: (Date.parse(request.deactivateAt) - now) / dayMs }),
  });
  if (!ruling.decision.allow) throw refusedBy(ruling.decision);
  const algs = await usableAlgs(custody, context, request, purpose, possible);
  const supply = await source.prepare(algorithm, purpose, policy);
  await assertRoom();
  assertInTime(context);
  return { ref: objectKindOf({ algorithm, purpose, algs }), algs, ruling, supply };
};

export const custodyOf = ({ custody = 'token' }: CreationRequest): CustodyKind => custody;

export const isToCome = (instant: string | undefined, now: number): boolean =>
  instant !== undefined && Date.parse(instant) > now;

/** When the key becomes ACTIVE, if the request says so. @param now milliseconds since the epoch */
export const activationOf = ({ activateAt, activateIn }: CreationRequest, now: number): string | undefined =>
  activateIn === undefined ? activateAt : new Date(now + (secondsOf(activateIn) ?? 0) * 1000).toISOString();

const assertDates = (request: CreationRequest, now: number): void => {
  const { activateAt, activateIn, deactivateAt } = request;
  if (activateAt !== undefined && activateIn !== undefined)
    throw new AnkaError('request-invalid', 'activateIn: must be left out with activateAt');
  const activation = activationOf(request, now);
  if (deactivateAt === undefined) return;
  if (!isToCome(deactivateAt, now)) throw new AnkaError('request-invalid', 'deactivateAt: must be in the future');
  if (activation !== undefined && Date.parse(activation) >= Date.parse(deactivateAt))
    throw new AnkaError('request-invalid', 'deactivateAt: must be after the activation');
};

/** The JOSE algorithms that such a key can have: the requested one, or all of its kind but those of drafts, the default first. */
const possibleAlgs = ({ algorithm, alg }: CreationRequest, purpose: Purpose): readonly Alg[] => {
  const possible = joseAlgs(algorithm, purpose);
  if (possible.length === 0)
    throw new AnkaError('purpose-mismatch', `Keys of ${algorithm} cannot have the purpose ${purpose}`);
  if (alg === undefined) return possible.filter((each) => draftOf(each) === null);
  if (alg === anyAlg && purpose === 'sign') return possible;
  if (alg === anyAlg)
    throw new AnkaError('algorithm-mismatch', `A key for ${purpose} has one algorithm. Leave alg out.`);
  if (!possible.includes(alg))
    throw new AnkaError('algorithm-mismatch', `${algorithm} for ${purpose} supports only ${possible.join(', ')}`);
  return [alg];
};

/** The algorithms that the token supports, if the request wants any; otherwise the first of them (RFC 8725 §3.1). */
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
  const usable = possible.filter((each) => capability.algs.includes(each));
  if (usable.length > 0) return alg === anyAlg ? usable : usable.slice(0, 1);
  const why = capability.excluded.filter((row) => possible.includes(row.alg)).map((row) => `${row.alg}: ${row.detail}`);
  throw new AnkaError(
    'algorithm-unavailable',
    `${algorithm} for ${purpose} cannot be used on this token${kind === 'wrapped' ? ' in wrapped custody' : ''}. ${why.join('; ')}`,
  );
};
