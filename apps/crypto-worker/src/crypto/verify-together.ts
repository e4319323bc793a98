import { type AlgorithmName, algorithmOf } from '@ankasecure/algorithm';
import {
  AnkaError,
  type Context,
  type ErrorCode,
  maxSignatures,
  toldError,
  type VerifyItem,
  type VerifyPolicy,
  type VerifyTogetherItem,
  verifyTogetherItem,
} from '@ankasecure/contracts';
import { type Attempt, joinedUses } from '../operation/attempt.js';
import type { AttemptItem } from '../operation/attempt-item.js';
import { type Operation, verify } from '../operation/operation.js';
import type { Verb } from '../operation/verb.js';
import type { JwsParts } from '../signature/read-jws.js';
import { membersOf } from './member.js';

/** A MAC is no signature: whoever can verify it can make it. */
const signature: Operation<VerifyItem, JwsParts | undefined> = { ...verify, purposes: ['sign'] };

/** The errors that say something about one signature. Any other, such as a missing token, is one of the whole item. */
const judgements: readonly ErrorCode[] = [
  'key-not-found',
  'key-access-denied',
  'key-state',
  'policy-refused',
  'purpose-mismatch',
  'algorithm-mismatch',
  'request-invalid',
  'jws-invalid',
];

const isJudgement = ({ code }: AnkaError): boolean => judgements.includes(code);

const itemsOf = ({ jws, payload, encoding, acceptRisk }: VerifyTogetherItem): readonly VerifyItem[] =>
  jws.signatures.map(({ protected: header, signature: value }) => ({
    jws: `${header}.${jws.payload ?? ''}.${value}`,
    encoding,
    ...(payload !== undefined && { payload }),
    ...(acceptRisk !== undefined && { acceptRisk }),
  }));

/** What is known of one signature. */
interface Verdict {
  readonly valid: boolean;
  /** null if no key judged it. */
  readonly keyId: string | null;
  readonly isQuantumSafe: boolean;
}

const verdictOf = ({ body, error, event: { keyId, algorithm } }: Attempt): Verdict => ({
  valid: error === undefined && body?.['valid'] === true,
  keyId,
  isQuantumSafe: algorithm !== null && algorithmOf(algorithm as AlgorithmName).quantumSafe,
});

const validOf = (verdicts: readonly Verdict[]): readonly Verdict[] => verdicts.filter(({ valid }) => valid);

/** What each policy asks of the verdicts. */
const policies: Readonly<Record<VerifyPolicy, (verdicts: readonly Verdict[]) => boolean>> = {
  ALL: (verdicts) => verdicts.length > 0 && verdicts.every(({ valid }) => valid),
  ANY: (verdicts) => validOf(verdicts).length > 0,
  CLASSICAL_REQUIRED: (verdicts) => validOf(verdicts).some(({ isQuantumSafe }) => !isQuantumSafe),
  PQC_REQUIRED: (verdicts) => validOf(verdicts).some(({ isQuantumSafe }) => isQuantumSafe),
};

/** Verifies one signature, or each of a JWS in JSON serialization (RFC 7515 §7.2.1), and judges those by a policy. */
export class VerifyTogether implements Verb {
  readonly name = 'verify';

  constructor(private readonly items: AttemptItem) {}

  uses(item: unknown): number {
    const { signatures } = membersOf(membersOf(item)['jws']);
    return Array.isArray(signatures) ? Math.min(Math.max(1, signatures.length), maxSignatures) : 1;
  }

  async attempt(context: Context, raw: unknown): Promise<Attempt> {
    if (typeof membersOf(raw)['jws'] !== 'object') return this.items.attempt(verify, context, raw);
    const { data: item, error: invalid } = verifyTogetherItem.safeParse(raw);
    if (item === undefined) return this.items.refused(signature, context, invalid);
    const uses = await Promise.all(itemsOf(item).map((one) => this.items.attempt(signature, context, one)));
    if (context.dryRun === true || uses.some(({ error }) => error !== undefined && !isJudgement(error)))
      return joinedUses(uses, () => ({}));
    return judged(uses, item.policy);
  }
}

/** All verdicts as one answer. A signature that cannot be judged is not valid, and refuses nothing. */
const judged = (uses: readonly Attempt[], policy: VerifyPolicy): Attempt => {
  const verdicts = uses.map(verdictOf);
  const body = {
    valid: policies[policy](verdicts),
    policy,
    signers: new Set(validOf(verdicts).map(({ keyId }) => keyId)).size,
    signatures: uses.map(({ body: told, error }) =>
      error === undefined ? told : { valid: false, error: toldError(error) },
    ),
  };
  const [first, ...before] = uses;
  if (first === undefined) throw new AnkaError('internal-error');
  const { error: _, ...main } = first;
  return { ...main, before, body };
};
