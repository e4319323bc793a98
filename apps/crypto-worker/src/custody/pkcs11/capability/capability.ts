import {
  type Alg,
  type AlgorithmName,
  algorithmNames,
  algorithmOf,
  type JweAlg,
  type JwsAlg,
  joseAlgs,
  jweAlgs,
  jwsAlgs,
  type Purpose,
  signatureSchemes,
} from '@ankasecure/algorithm';
import { AnkaError } from '@ankasecure/contracts';
import type { Deadline } from '../../../deadline/deadline.js';
import { endsBy } from '../../../deadline/ends-by.js';
import type { Capability } from '../../custody.js';
import { ckm, type MechanismList, mechanismFlag } from '../cryptoki/mechanism.js';
import { signatureVariants } from '../job/job.js';
import { generationOf, type KeyShape, mechanismsOf } from '../kind/template.js';
import type { SelfTestAlg, SelfTestFailure, SelfTestResult, SelfTestSpec } from '../operation/self-test.js';
import { defaultTuning, type Tuning } from '../profile/config.js';
import type { Profile } from '../profile/profile.js';
import { type RunSelfTest, settleSelfTest } from './settle-self-test.js';

type Exclusion = Capability['excluded'][number];

export const shapeOf = (algorithm: AlgorithmName, purpose: Purpose, alg: JweAlg | null): KeyShape => {
  const { kind, bits } = algorithmOf(algorithm);
  return { kind, bits, purpose, alg: purpose === 'encrypt' ? alg : null };
};

const isJws = (alg: Alg): alg is JwsAlg => (jwsAlgs as readonly Alg[]).includes(alg);
const isJwe = (alg: Alg): alg is JweAlg => (jweAlgs as readonly Alg[]).includes(alg);

/** A mechanism that must be there, and the flags it must have; undefined where the token has none for it. */
interface Need {
  readonly mechanism: number | undefined;
  readonly flags: number;
}

/** How a key gets into the token: a key for `wrap` is brought in. */
const neededToMake = ({ kind, purpose }: KeyShape): Need => {
  if (purpose === 'wrap') return { mechanism: ckm.RSA_PKCS_OAEP, flags: mechanismFlag.unwrap };
  const { mechanism, pair } = generationOf[kind];
  return { mechanism, flags: pair ? mechanismFlag.generateKeyPair : mechanismFlag.generate };
};

const neededFor = (alg: Alg, shape: KeyShape, profile: Profile): Need => {
  const [first] = mechanismsOf(shape, profile);
  if (alg === 'AES-KWP') return { mechanism: first, flags: mechanismFlag.unwrap };
  if (isJws(alg)) return { mechanism: alg.startsWith('PS') ? ckm.RSA_PKCS_PSS : first, flags: mechanismFlag.sign };
  if (alg === 'RSA-OAEP-256') return { mechanism: first, flags: mechanismFlag.decrypt };
  if (alg === 'ECDH-ES+A256KW') return { mechanism: first, flags: mechanismFlag.derive };
  if (alg === 'dir') return { mechanism: first, flags: mechanismFlag.encrypt | mechanismFlag.decrypt };
  return { mechanism: first, flags: mechanismFlag.wrap | mechanismFlag.unwrap };
};

/**
 * What a key that is brought in is tried with before it is kept, besides what it is for.
 * @see the operation `import-key`
 */
const neededToTry = ({ kind, purpose }: KeyShape, profile: Profile): readonly Need[] => {
  if (kind === 'rsa') return [{ mechanism: ckm.RSA_PKCS, flags: mechanismFlag.sign }];
  if (kind === 'ec')
    return [
      { mechanism: ckm.ECDH1_DERIVE, flags: mechanismFlag.derive },
      { mechanism: ckm.ECDSA, flags: mechanismFlag.sign },
    ];
  return purpose === 'wrap' ? [{ mechanism: profile.cekWrap, flags: mechanismFlag.wrap }] : [];
};

const hex = (mechanism: number): string => `0x${mechanism.toString(16)}`;

const lackOf = (needs: readonly Need[], shape: KeyShape, listed: MechanismList): string | null => {
  for (const { mechanism, flags } of needs) {
    if (mechanism === undefined) return 'the token does not support AES key wrap with padding';
    const info = listed.get(mechanism);
    if (!info) return `the token lists no mechanism ${hex(mechanism)}`;
    if ((info.flags & flags) !== flags) return `mechanism ${hex(mechanism)} lacks flags ${hex(flags)}`;
    const sized = shape.kind === 'rsa' || shape.kind === 'ec';
    if (sized && info.maxKeySize > 0 && (shape.bits < info.minKeySize || shape.bits > info.maxKeySize))
      return `mechanism ${hex(mechanism)} supports ${info.minKeySize} to ${info.maxKeySize} bits`;
  }
  return null;
};

/** Why the token cannot try a key of this kind that is brought in, by what it lists, or null. */
export const lackingToTry = (shape: KeyShape, profile: Profile, listed: MechanismList): string | null =>
  shape.purpose === 'wrap' && !profile.createObject
    ? 'the token has no import method to test keys with'
    : lackOf(neededToTry(shape, profile), shape, listed);

/** Why the token's list rules `alg` out, or null. */
const lacking = (alg: Alg, shape: KeyShape, profile: Profile, listed: MechanismList): string | null => {
  const own = [neededToMake(shape), neededFor(alg, shape, profile)];
  return shape.purpose === 'wrap'
    ? (lackOf(own, shape, listed) ?? lackingToTry(shape, profile, listed))
    : lackOf(own, shape, listed);
};

/** What the worker would do outside the token: it follows from the profile alone, whatever a self-test has found or not found yet. */
const outsideStepsOf = (algs: readonly Alg[], profile: Profile): readonly string[] =>
  algs.includes('RSA-OAEP-256') && profile.oaep === 'raw-then-unpad' ? ['oaep-unpadding'] : [];

const testOf = (alg: Alg): SelfTestAlg => {
  if (!isJws(alg)) return { alg, variant: 0, hash: null };
  const { scheme, hash } = signatureSchemes[alg];
  const variant = signatureVariants.findIndex(
    (row) => row.scheme === scheme && (row.hash === null || row.hash === hash),
  );
  return { alg, variant, hash };
};

/** `wrong` is said in our own words; those of the token stay in the logs. */
const detailOf = ({ cause, reason }: SelfTestFailure): string =>
  cause === 'wrong' ? `the self-test failed on this token: ${reason}` : 'the self-test failed on this token';

/** One algorithm and purpose on its way from pending to known. */
class Entry {
  readonly pending = new Set<Alg>();
  readonly known: Promise<void>;
  readonly #order: readonly Alg[];
  readonly #lacking: ReadonlyMap<Alg, string>;
  readonly #failed = new Map<Alg, SelfTestFailure>();
  readonly #outsideSteps: readonly string[];
  #settle: () => void = () => undefined;
  /** What `capability` last said; asked for at every operation, and another only after a self-test. */
  #told: Capability | null = null;

  /** @param lacking what the token's list rules out, and why */
  constructor(
    readonly algorithm: AlgorithmName,
    readonly purpose: Purpose,
    profile: Profile,
    lacking: ReadonlyMap<Alg, string>,
  ) {
    this.#order = joseAlgs(algorithm, purpose);
    this.#lacking = lacking;
    this.#outsideSteps = outsideStepsOf(
      this.#order.filter((alg) => !lacking.has(alg)),
      profile,
    );
    this.known = new Promise((resolve) => {
      this.#settle = resolve;
    });
    for (const alg of this.#order) if (!lacking.has(alg)) this.pending.add(alg);
    this.#settleIfKnown();
  }

  get capability(): Capability {
    this.#told ??= this.#tell();
    return this.#told;
  }

  #tell(): Capability {
    const excluded = this.#order.flatMap((alg) => this.#exclusionOf(alg) ?? []);
    return {
      algorithm: this.algorithm,
      purpose: this.purpose,
      algs: this.#order.filter((alg) => !excluded.some((row) => row.alg === alg)),
      excluded,
      outsideSteps: this.#outsideSteps,
    };
  }

  #exclusionOf(alg: Alg): Exclusion | undefined {
    const lack = this.#lacking.get(alg);
    if (lack !== undefined) return { alg, code: 'token-lacks-mechanism', detail: lack };
    const failure = this.#failed.get(alg);
    if (failure) return { alg, code: 'self-test-failed', detail: detailOf(failure) };
    if (!this.pending.has(alg)) return undefined;
    return { alg, code: 'self-test-pending', detail: 'the self-test has not run yet' };
  }

  record(result: SelfTestResult): void {
    this.#told = null;
    for (const [alg, failure] of Object.entries(result) as [Alg, SelfTestFailure | null][]) {
      this.pending.delete(alg);
      if (failure) this.#failed.set(alg, failure);
      else this.#failed.delete(alg);
    }
    this.#settleIfKnown();
  }

  /** Failed, and may yet pass. A token that computed wrongly once is not asked until it computes right. */
  mayPass(alg: string): boolean {
    const failure = this.#failed.get(alg as Alg);
    return failure !== undefined && failure.cause !== 'wrong';
  }

  #settleIfKnown(): void {
    if (this.pending.size === 0) this.#settle();
  }
}

interface PlannedTest {
  readonly entry: Entry;
  readonly spec: SelfTestSpec;
  /** Set once it was begun. */
  ended: Promise<void> | null;
}

/** RSA keys from this size take too long to make to wait for them at start. */
const backgroundRsaBits = 3072;

/** Hears why a self-test failed, in the token's words, for logs. */
export type ReportFailure = (algorithm: AlgorithmName, alg: string, reason: string) => void;

export type RetestPauses = Pick<Tuning, 'retestFirstMs' | 'retestMaxMs'>;

/** What this token can do: its list and flags, the profile, and then a test of each algorithm, for the list alone is not to be trusted. */
export class Capabilities {
  readonly #entries: readonly Entry[];
  readonly #index = new Map<AlgorithmName, Map<Purpose, Entry>>();
  readonly #tests: PlannedTest[] = [];
  readonly #run: RunSelfTest;
  readonly #report: ReportFailure;
  readonly #pauses: RetestPauses;
  #retesting = false;
  #retestPause: number;
  #retestAt = 0;
  #closed = false;

  constructor(
    profile: Profile,
    listed: MechanismList,
    run: RunSelfTest,
    report: ReportFailure,
    pauses: RetestPauses = defaultTuning,
  ) {
    this.#run = run;
    this.#report = report;
    this.#pauses = pauses;
    this.#retestPause = pauses.retestFirstMs;
    this.#entries = algorithmNames.flatMap((algorithm) =>
      (Object.keys(algorithmOf(algorithm).purposes) as Purpose[]).map((purpose) =>
        this.#plan(algorithm, purpose, profile, listed),
      ),
    );
    for (const entry of this.#entries) {
      const byPurpose = this.#index.get(entry.algorithm) ?? new Map<Purpose, Entry>();
      this.#index.set(entry.algorithm, byPurpose.set(entry.purpose, entry));
    }
  }

  /** @returns when the quick tests are done; the long ones, if wanted, go on behind, one after the other */
  async start(withLong: boolean): Promise<void> {
    const long = this.#tests.filter(({ spec }) => spec.shape.kind === 'rsa' && spec.shape.bits >= backgroundRsaBits);
    const quick = this.#tests.filter((test) => !long.includes(test));
    await Promise.all(quick.map((test) => this.#begin(test)));
    if (withLong) void long.reduce((before, test) => before.then(() => this.#begin(test)), Promise.resolve());
  }

  close(): void {
    this.#closed = true;
  }

  /**
   * Where a test is still to come it is begun now, ahead of those that nobody waits for.
   * @throws AnkaError `hsm-timeout` when it has not ended at the deadline, `hsm-unavailable` when the custody closes meanwhile
   */
  async of({ deadline }: Deadline, algorithm: AlgorithmName, purpose: Purpose): Promise<Capability> {
    const entry = this.#index.get(algorithm)?.get(purpose);
    if (!entry) return this.now(algorithm, purpose);
    if (entry.pending.size > 0) {
      for (const test of this.#tests) if (test.entry === entry) void this.#begin(test);
      if (!(await endsBy(deadline, entry.known)))
        throw new AnkaError('hsm-timeout', `The self-test of ${algorithm} is still running. Try again.`);
      if (this.#closed) throw new AnkaError('hsm-unavailable');
    }
    return entry.capability;
  }

  /** What is known at this moment; makes nothing anew, since every operation asks. */
  now(algorithm: AlgorithmName, purpose: Purpose): Capability {
    const entry = this.#index.get(algorithm)?.get(purpose);
    return entry ? entry.capability : { algorithm, purpose, algs: [], excluded: [], outsideSteps: [] };
  }

  all(): readonly Capability[] {
    return this.#entries.map((entry) => entry.capability);
  }

  /** The token has just proved itself, so what failed in it before is tried again: at once, then after ever longer pauses. */
  tokenProved(): void {
    if (this.#retesting || this.#closed || performance.now() < this.#retestAt) return;
    const failed = this.#tests.flatMap(({ entry, spec }) => {
      const algs = spec.algs.filter(({ alg }) => entry.mayPass(alg));
      return algs.length > 0 ? [{ entry, spec: { ...spec, algs } }] : [];
    });
    if (failed.length === 0) {
      this.#retestPause = this.#pauses.retestFirstMs;
      return;
    }
    this.#retesting = true;
    void failed
      .reduce((before, test) => before.then(() => this.#test(test)), Promise.resolve())
      .finally(() => {
        this.#retesting = false;
        this.#retestAt = performance.now() + this.#retestPause;
        this.#retestPause = Math.min(2 * this.#retestPause, this.#pauses.retestMaxMs);
      });
  }

  /** One test per template: all signature algorithms of a key together, each JWE algorithm alone. */
  #plan(algorithm: AlgorithmName, purpose: Purpose, profile: Profile, listed: MechanismList): Entry {
    const groups = new Map<string, { shape: KeyShape; algs: SelfTestAlg[] }>();
    const lacks = new Map<Alg, string>();
    for (const alg of joseAlgs(algorithm, purpose)) {
      const shape = shapeOf(algorithm, purpose, isJwe(alg) ? alg : null);
      const detail = lacking(alg, shape, profile, listed);
      if (detail) {
        lacks.set(alg, detail);
        continue;
      }
      const group = groups.get(shape.alg ?? '') ?? { shape, algs: [] };
      group.algs.push(testOf(alg));
      groups.set(shape.alg ?? '', group);
    }
    const entry = new Entry(algorithm, purpose, profile, lacks);
    for (const spec of groups.values()) this.#tests.push({ entry, spec, ended: null });
    return entry;
  }

  #begin(test: PlannedTest): Promise<void> {
    test.ended ??= this.#test(test);
    return test.ended;
  }

  async #test({ entry, spec }: Pick<PlannedTest, 'entry' | 'spec'>): Promise<void> {
    const result = await settleSelfTest(spec, this.#run, () => this.#closed);
    for (const [alg, failure] of Object.entries(result))
      if (failure) this.#report(entry.algorithm, alg, failure.reason);
    entry.record(result);
  }
}
