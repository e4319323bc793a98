import { type Alg, type AlgorithmName, joseAlgs, type OutsideStepName, type Purpose } from '@ankasecure/algorithm';
import type { Capability } from '../../custody.js';
import type { SelfTestResult } from '../operation/self-test.js';
import type { SelfTestFailure } from '../operation/self-test-failure.js';
import type { Profile } from '../profile/profile.js';

type Exclusion = Capability['excluded'][number];

/** Our own words for `wrong`. The token's words stay in the logs. */
const detailOf = ({ cause, reason }: SelfTestFailure): string =>
  cause === 'wrong' ? `the self-test failed on this token: ${reason}` : 'the self-test failed on this token';

/** The steps that the worker does outside the token. They follow from the profile alone, whatever the self-tests find. */
const outsideStepsOf = (algs: readonly Alg[], { oaep, gcm }: Profile): readonly OutsideStepName[] => [
  ...(algs.includes('RSA-OAEP-256') && oaep === 'raw-then-unpad' ? (['oaep-unpadding'] as const) : []),
  ...(algs.includes('dir') && gcm.ivMode === 'caller' ? (['random-iv'] as const) : []),
];

/** The state of one algorithm and purpose, from pending to known. */
export class CapabilityEntry {
  /** The algorithms that have not been tested yet. */
  readonly pending = new Set<Alg>();
  readonly known: Promise<void>;
  private readonly order: readonly Alg[];
  private readonly failed = new Map<Alg, SelfTestFailure>();
  private readonly outsideSteps: readonly string[];
  private settle: () => void = () => undefined;
  /** The last answer of `capability`. Every operation asks for it, and only a self-test changes it. */
  private told: Capability | null = null;

  /** @param lacking the algorithms that the token's list rules out, with reasons */
  constructor(
    readonly algorithm: AlgorithmName,
    readonly purpose: Purpose,
    profile: Profile,
    private readonly lacking: ReadonlyMap<Alg, string>,
  ) {
    this.order = joseAlgs(algorithm, purpose);
    const listed = this.order.filter((alg) => !lacking.has(alg));
    this.outsideSteps = outsideStepsOf(listed, profile);
    this.known = new Promise((resolve) => {
      this.settle = resolve;
    });
    for (const alg of listed) this.pending.add(alg);
    this.settleIfKnown();
  }

  get capability(): Capability {
    this.told ??= this.tell();
    return this.told;
  }

  record(result: SelfTestResult): void {
    this.told = null;
    for (const [alg, failure] of Object.entries(result) as [Alg, SelfTestFailure | null][]) {
      this.pending.delete(alg);
      if (failure) this.failed.set(alg, failure);
      else this.failed.delete(alg);
    }
    this.settleIfKnown();
  }

  /** Tells whether the algorithm failed and may still pass. A token that computed a wrong answer is not tested again. */
  mayPass(alg: Alg): boolean {
    const failure = this.failed.get(alg);
    return failure !== undefined && failure.cause !== 'wrong';
  }

  private tell(): Capability {
    const excluded = this.order.flatMap((alg) => this.exclusionOf(alg) ?? []);
    return {
      algorithm: this.algorithm,
      purpose: this.purpose,
      algs: this.order.filter((alg) => !excluded.some((row) => row.alg === alg)),
      excluded,
      outsideSteps: this.outsideSteps,
    };
  }

  private exclusionOf(alg: Alg): Exclusion | undefined {
    const lack = this.lacking.get(alg);
    if (lack !== undefined) return { alg, code: 'token-lacks-mechanism', detail: lack };
    const failure = this.failed.get(alg);
    if (failure) return { alg, code: 'self-test-failed', detail: detailOf(failure) };
    if (!this.pending.has(alg)) return undefined;
    return { alg, code: 'self-test-pending', detail: 'the self-test has not run yet' };
  }

  private settleIfKnown(): void {
    if (this.pending.size === 0) this.settle();
  }
}
