import { type AlgorithmName, algorithmNames, algorithmOf, type Purpose } from '@ankasecure/algorithm';
import { AnkaError } from '@ankasecure/contracts';
import type { Deadline } from '../../../deadline/deadline.js';
import { endsBy } from '../../../deadline/ends-by.js';
import type { Capability } from '../../custody.js';
import type { MechanismList } from '../cryptoki/mechanism.js';
import { kindOf } from '../kind/kinds.js';
import type { SelfTestSpec } from '../operation/self-test.js';
import { defaultTuning, type Tuning } from '../profile/config.js';
import type { Profile } from '../profile/profile.js';
import type { CapabilityEntry } from './entry.js';
import { planEntry } from './plan-test.js';
import { type RunSelfTest, settleSelfTest } from './settle-self-test.js';

interface Test {
  readonly entry: CapabilityEntry;
  readonly spec: SelfTestSpec;
}

interface PlannedTest extends Test {
  /** Set once the test has begun. */
  ended: Promise<void> | null;
}

/** Receives the reason for a failed self-test in the token's words, for logs. */
export type ReportFailure = (algorithm: AlgorithmName, alg: string, reason: string) => void;

export type RetestPauses = Pick<Tuning, 'retestFirstMs' | 'retestMaxMs'>;

interface Options extends RetestPauses {
  /** The capabilities are those of keys that are kept wrapped. */
  readonly wrapped?: boolean;
}

const isLong = ({ spec: { shape } }: Test): boolean => {
  const { longTestFromBits } = kindOf(shape);
  return longTestFromBits !== null && shape.bits >= longTestFromBits;
};

/**
 * The capabilities of this token, by its list and flags, its profile, and a test of each algorithm, since the list alone
 * proves nothing.
 */
export class Capabilities {
  private readonly entries: readonly CapabilityEntry[];
  private readonly index = new Map<AlgorithmName, Map<Purpose, CapabilityEntry>>();
  private readonly tests: PlannedTest[] = [];
  private retesting = false;
  private retestPause: number;
  private retestAt = 0;
  private closed = false;

  constructor(
    profile: Profile,
    listed: MechanismList,
    private readonly run: RunSelfTest,
    private readonly report: ReportFailure,
    private readonly options: Options = defaultTuning,
  ) {
    this.retestPause = options.retestFirstMs;
    this.entries = algorithmNames.flatMap((algorithm) =>
      (Object.keys(algorithmOf(algorithm).purposes) as Purpose[]).map((purpose) =>
        this.plan(algorithm, purpose, profile, listed),
      ),
    );
    for (const entry of this.entries) {
      const byPurpose = this.index.get(entry.algorithm) ?? new Map<Purpose, CapabilityEntry>();
      this.index.set(entry.algorithm, byPurpose.set(entry.purpose, entry));
    }
  }

  /** @returns when the quick tests have ended. The long ones, if wanted, continue in the background, one after the other. */
  async start(withLong: boolean): Promise<void> {
    const long = this.tests.filter(isLong);
    const quick = this.tests.filter((test) => !isLong(test));
    await Promise.all(quick.map((test) => this.begin(test)));
    if (withLong) void long.reduce((before, test) => before.then(() => this.begin(test)), Promise.resolve());
  }

  close(): void {
    this.closed = true;
  }

  /**
   * A test that has not begun begins now, before those that nobody waits for.
   * @throws AnkaError `hsm-timeout` if it has not ended at the deadline, `hsm-unavailable` if the custody closes meanwhile
   */
  async of({ deadline }: Deadline, algorithm: AlgorithmName, purpose: Purpose): Promise<Capability> {
    const entry = this.index.get(algorithm)?.get(purpose);
    if (!entry) return this.now(algorithm, purpose);
    if (entry.pending.size > 0) {
      for (const test of this.tests) if (test.entry === entry) void this.begin(test);
      if (!(await endsBy(deadline, entry.known)))
        throw new AnkaError('hsm-timeout', `The self-test of ${algorithm} is still running. Try again.`);
      if (this.closed) throw new AnkaError('hsm-unavailable');
    }
    return entry.capability;
  }

  /** Returns what is known now. Every operation calls it, so each answer is built once. */
  now(algorithm: AlgorithmName, purpose: Purpose): Capability {
    const entry = this.index.get(algorithm)?.get(purpose);
    return entry ? entry.capability : { algorithm, purpose, algs: [], excluded: [], outsideSteps: [] };
  }

  all(): readonly Capability[] {
    return this.entries.map((entry) => entry.capability);
  }

  /** The token has passed the canary. Failed tests are repeated: at once, then after longer and longer pauses. */
  tokenProved(): void {
    if (this.retesting || this.closed || performance.now() < this.retestAt) return;
    const failed = this.failedTests();
    if (failed.length === 0) {
      this.retestPause = this.options.retestFirstMs;
      return;
    }
    this.retesting = true;
    void failed
      .reduce((before, test) => before.then(() => this.test(test)), Promise.resolve())
      .finally(() => {
        this.retesting = false;
        this.retestAt = performance.now() + this.retestPause;
        this.retestPause = Math.min(2 * this.retestPause, this.options.retestMaxMs);
      });
  }

  private failedTests(): readonly Test[] {
    return this.tests.flatMap(({ entry, spec }) => {
      const algs = spec.algs.filter(({ alg }) => entry.mayPass(alg));
      return algs.length > 0 ? [{ entry, spec: { ...spec, algs } }] : [];
    });
  }

  private plan(algorithm: AlgorithmName, purpose: Purpose, profile: Profile, listed: MechanismList): CapabilityEntry {
    const { entry, specs } = planEntry(algorithm, purpose, profile, listed, this.options.wrapped);
    for (const spec of specs) this.tests.push({ entry, spec, ended: null });
    return entry;
  }

  private begin(test: PlannedTest): Promise<void> {
    test.ended ??= this.test(test);
    return test.ended;
  }

  private async test({ entry, spec }: Test): Promise<void> {
    const result = await settleSelfTest(spec, this.run, () => this.closed);
    for (const [alg, failure] of Object.entries(result)) if (failure) this.report(entry.algorithm, alg, failure.reason);
    entry.record(result);
  }
}
