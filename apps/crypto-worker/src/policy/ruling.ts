import type { ContentAlg } from '@ankasecure/algorithm';
import { AnkaError, type Notice } from '@ankasecure/contracts';
import { type Decision, evaluate, type HsmModule, type PolicyDocument, tenantPolicy } from '@ankasecure/policy-rules';
import { stepWarnings, type Warning } from '../custody/outside-step.js';
import { isValidAt, type Use } from '../key/key-state.js';
import type { KeyVersion } from '../key/key-version.js';

/** A decision, and what the answer reports of it. */
export interface Ruling {
  readonly decision: Decision;
  /** Steps outside the HSM, and uses that will not always be allowed. */
  readonly warnings: readonly Warning[];
  /** For the answer's headers. Undefined if nothing deprecated was used. */
  readonly notice: Notice | undefined;
}

const timeOf = (date: string | undefined): number => (date === undefined ? Number.POSITIVE_INFINITY : Date.parse(date));

/** Returns the most urgent notice as a whole, because the dates of different notices do not fit together. */
export const mostUrgent = (notices: readonly (Notice | undefined)[]): Notice | undefined =>
  notices
    .filter((notice) => notice !== undefined)
    .toSorted((a, b) => timeOf(a.sunset) - timeOf(b.sunset) || timeOf(a.deprecation) - timeOf(b.deprecation))[0];

const noticeOf = ({ deprecation, sunset }: Warning): Notice | undefined =>
  deprecation === undefined && sunset === undefined
    ? undefined
    : { ...(deprecation !== undefined && { deprecation }), ...(sunset !== undefined && { sunset }) };

export const rulingOf = (
  { fipsOnly }: Pick<PolicyDocument, 'fipsOnly'>,
  decision: Decision,
  outsideSteps: readonly string[],
): Ruling => ({
  decision,
  warnings: [...stepWarnings(outsideSteps, fipsOnly), ...decision.warnings],
  notice: mostUrgent(decision.warnings.map(noticeOf)),
});

/** A decision as callers see it. */
export const toldOf = ({ allow, rule, source, reasons, until }: Decision) => ({
  allow,
  rule,
  source,
  reasons: [...reasons],
  until: Number.isFinite(until) ? new Date(until).toISOString() : null,
});

/** The error of a refusal: every reason, with its source unless that is the tenant's own policy. */
export const refusedBy = ({ rule, source: basis, reasons }: Pick<Decision, 'rule' | 'source' | 'reasons'>): AnkaError =>
  new AnkaError(
    'policy-refused',
    reasons.map(({ detail, source }) => (source === tenantPolicy ? detail : `${detail} (${source})`)).join('; '),
    { refusal: { rule, source: basis, reasons: [...reasons] } },
  );

/** A use, and the content encryption if it has one. */
interface UseOfKey {
  readonly use: Use;
  readonly enc?: ContentAlg | undefined;
}

interface Remembered {
  readonly ruling: Ruling;
  readonly outsideSteps: readonly string[];
  readonly module: HsmModule | undefined;
}

/** Whether a ruling was made on these steps and this module. */
const holdsFor = (known: Remembered, outsideSteps: readonly string[], module: HsmModule | undefined): boolean =>
  known.outsideSteps === outsideSteps && known.module === module;

/**
 * Rulings on uses of key versions under one document. Each is made once and remembered until the clock may change it. A hit
 * costs two look-ups by identity and a comparison of times, steps and module, because every item asks for one.
 */
export class Rulings {
  private readonly remembered = {
    protect: new Map<ContentAlg | undefined, WeakMap<KeyVersion, Remembered>>(),
    process: new Map<ContentAlg | undefined, WeakMap<KeyVersion, Remembered>>(),
  } as const satisfies Record<Use, unknown>;

  /** @param moduleOf the HSM's module now, the same object until something of it changes */
  constructor(
    private readonly document: PolicyDocument,
    private readonly moduleOf: () => HsmModule | undefined = () => undefined,
  ) {}

  on(key: KeyVersion, { use, enc }: UseOfKey, outsideSteps: readonly string[], now: number): Ruling {
    const remembered = this.of(use, enc);
    const known = remembered.get(key);
    const module = this.moduleOf();
    if (known !== undefined && isValidAt(known.ruling.decision, now) && holdsFor(known, outsideSteps, module))
      return known.ruling;
    const { algorithm, purpose, custody, keyMadeAt, madeAt: versionMadeAt } = key;
    const asked = { algorithm, purpose, use, custody, outsideSteps, keyMadeAt, versionMadeAt };
    const request = { ...asked, ...(enc && { enc }), ...(module && { module }) };
    const ruling = rulingOf(this.document, evaluate(this.document, request, now), outsideSteps);
    remembered.set(key, { ruling, outsideSteps, module });
    return ruling;
  }

  private of(use: Use, enc: ContentAlg | undefined): WeakMap<KeyVersion, Remembered> {
    const known = this.remembered[use].get(enc);
    if (known !== undefined) return known;
    const added = new WeakMap<KeyVersion, Remembered>();
    this.remembered[use].set(enc, added);
    return added;
  }
}
