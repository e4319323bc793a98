import { setTimeout as sleep } from 'node:timers/promises';
import {
  type AlgorithmName,
  algorithmNames,
  algorithmOf,
  type JweAlg,
  type JwsAlg,
  joseAlgs,
  jwsAlgs,
  type Purpose,
  signatureSchemes,
} from '@ankasecure/algorithm';
import { AnkaError } from '@ankasecure/contracts';
import type { Capability } from '../custody.js';
import { signatureVariants } from './lane/job.js';
import type { SelfTestAlg, SelfTestResult, SelfTestSpec } from './lane/operation/self-test.js';
import { ckm, type MechanismList, mechanismFlag } from './mechanism.js';
import type { Profile } from './profile.js';
import { generationOf, type KeyShape, mechanismsOf } from './template.js';

type Alg = JwsAlg | JweAlg;
type Exclusion = Capability['excluded'][number];

export const shapeOf = (algorithm: AlgorithmName, purpose: Purpose, alg: JweAlg | null): KeyShape => {
  const { kind, bits } = algorithmOf(algorithm);
  return { kind, bits, purpose, alg: purpose === 'encrypt' ? alg : null };
};

const isJws = (alg: Alg): alg is JwsAlg => (jwsAlgs as readonly Alg[]).includes(alg);

/** The mechanism `alg` needs and the flags it must have. */
const neededFor = (alg: Alg, shape: KeyShape, profile: Profile): { mechanism: number; flags: number } => {
  const [first = 0] = mechanismsOf(shape, profile);
  if (isJws(alg)) return { mechanism: alg.startsWith('PS') ? ckm.RSA_PKCS_PSS : first, flags: mechanismFlag.sign };
  if (alg === 'RSA-OAEP-256') return { mechanism: first, flags: mechanismFlag.decrypt };
  if (alg === 'ECDH-ES+A256KW') return { mechanism: first, flags: mechanismFlag.derive };
  if (alg === 'dir') return { mechanism: first, flags: mechanismFlag.encrypt | mechanismFlag.decrypt };
  return { mechanism: first, flags: mechanismFlag.wrap | mechanismFlag.unwrap };
};

const hex = (mechanism: number): string => `0x${mechanism.toString(16)}`;

/** Why the token's list rules `alg` out, or null. */
const lacking = (alg: Alg, shape: KeyShape, profile: Profile, listed: MechanismList): string | null => {
  const { mechanism: generation, pair } = generationOf[shape.kind];
  const use = neededFor(alg, shape, profile);
  const needs = [{ mechanism: generation, flags: pair ? mechanismFlag.generateKeyPair : mechanismFlag.generate }, use];
  for (const { mechanism, flags } of needs) {
    const info = listed.get(mechanism);
    if (!info) return `the token lists no mechanism ${hex(mechanism)}`;
    if ((info.flags & flags) !== flags) return `mechanism ${hex(mechanism)} lacks flags ${hex(flags)}`;
    const sized = shape.kind === 'rsa' || shape.kind === 'ec';
    if (sized && info.maxKeySize > 0 && (shape.bits < info.minKeySize || shape.bits > info.maxKeySize))
      return `mechanism ${hex(mechanism)} takes ${info.minKeySize} to ${info.maxKeySize} bits`;
  }
  return null;
};

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

/** One algorithm and purpose on its way from pending to known. */
class Entry {
  readonly passed: Alg[] = [];
  readonly excluded: Exclusion[] = [];
  readonly pending = new Set<Alg>();
  readonly known: Promise<void>;
  readonly #profile: Profile;
  #settle: () => void = () => undefined;
  /** What `capability` last said; asked for at every operation, and another only after a self-test. */
  #told: Capability | null = null;

  constructor(
    readonly algorithm: AlgorithmName,
    readonly purpose: Purpose,
    profile: Profile,
  ) {
    this.#profile = profile;
    this.known = new Promise((resolve) => {
      this.#settle = resolve;
    });
  }

  get capability(): Capability {
    this.#told ??= this.#tell();
    return this.#told;
  }

  #tell(): Capability {
    const order = joseAlgs(this.algorithm, this.purpose);
    const waiting = [...this.pending].map((alg) => ({
      alg,
      code: 'self-test-pending' as const,
      detail: 'the self-test has not run yet',
    }));
    return {
      algorithm: this.algorithm,
      purpose: this.purpose,
      algs: order.filter((alg) => this.passed.includes(alg)),
      excluded: [...this.excluded, ...waiting],
      outsideSteps: outsideStepsOf(this.passed, this.#profile),
    };
  }

  record(result: SelfTestResult): void {
    this.#told = null;
    for (const [alg, reason] of Object.entries(result) as [Alg, string | null][]) {
      this.pending.delete(alg);
      if (reason === null) this.passed.push(alg);
      else this.excluded.push({ alg, code: 'self-test-failed', detail: 'the self-test failed on this token' });
    }
    this.settleIfKnown();
  }

  settleIfKnown(): void {
    if (this.pending.size === 0) this.#settle();
  }
}

interface PlannedTest {
  readonly entry: Entry;
  readonly spec: SelfTestSpec;
}

/** RSA keys from this size take too long to make to wait for them at start. */
const backgroundRsaBits = 3072;
const attempts = 3;
const awayPauseMs = 100;

export type RunSelfTest = (spec: SelfTestSpec) => Promise<SelfTestResult>;

/** Hears why a self-test failed, in the token's words, for logs. */
export type ReportFailure = (algorithm: AlgorithmName, alg: string, reason: string) => void;

/** What this token can do: its list and flags, the profile, and then a test of each algorithm, for the list alone is not to be trusted. */
export class Capabilities {
  readonly #entries: readonly Entry[];
  readonly #tests: PlannedTest[] = [];
  readonly #run: RunSelfTest;
  readonly #report: ReportFailure;
  #closed = false;

  constructor(profile: Profile, listed: MechanismList, run: RunSelfTest, report: ReportFailure) {
    this.#run = run;
    this.#report = report;
    this.#entries = algorithmNames.flatMap((algorithm) =>
      (Object.keys(algorithmOf(algorithm).purposes) as Purpose[]).map(
        (purpose) => new Entry(algorithm, purpose, profile),
      ),
    );
    for (const entry of this.#entries) this.#plan(entry, profile, listed);
  }

  /** @returns when the quick tests are done; the long ones, if wanted, go on behind, one after the other */
  async start(withLong: boolean): Promise<void> {
    const long = this.#tests.filter(({ spec }) => spec.shape.kind === 'rsa' && spec.shape.bits >= backgroundRsaBits);
    const quick = this.#tests.filter((test) => !long.includes(test));
    await Promise.all(quick.map((test) => this.#test(test)));
    if (withLong) void long.reduce((before, test) => before.then(() => this.#test(test)), Promise.resolve());
  }

  close(): void {
    this.#closed = true;
  }

  async of(algorithm: AlgorithmName, purpose: Purpose): Promise<Capability> {
    const entry = this.#entries.find((row) => row.algorithm === algorithm && row.purpose === purpose);
    if (!entry) return { algorithm, purpose, algs: [], excluded: [], outsideSteps: [] };
    await entry.known;
    return entry.capability;
  }

  all(): readonly Capability[] {
    return this.#entries.map((entry) => entry.capability);
  }

  /** One test per template: all signature algorithms of a key together, each JWE algorithm alone. */
  #plan(entry: Entry, profile: Profile, listed: MechanismList): void {
    const groups = new Map<string, { shape: KeyShape; algs: SelfTestAlg[] }>();
    for (const alg of joseAlgs(entry.algorithm, entry.purpose)) {
      const shape = shapeOf(entry.algorithm, entry.purpose, isJws(alg) ? null : alg);
      const detail = lacking(alg, shape, profile, listed);
      if (detail) {
        entry.excluded.push({ alg, code: 'token-lacks-mechanism', detail });
        continue;
      }
      entry.pending.add(alg);
      const group = groups.get(shape.alg ?? '') ?? { shape, algs: [] };
      group.algs.push(testOf(alg));
      groups.set(shape.alg ?? '', group);
    }
    for (const spec of groups.values()) this.#tests.push({ entry, spec });
    entry.settleIfKnown();
  }

  /** While the token is away a test waits for it; one that cannot run for another cause is tried again, then counts as failed. */
  async #test({ entry, spec }: PlannedTest): Promise<void> {
    for (let attempt = 1; ; ) {
      try {
        const result = await this.#run(spec);
        for (const [alg, reason] of Object.entries(result))
          if (reason !== null) this.#report(entry.algorithm, alg, reason);
        entry.record(result);
        return;
      } catch (error) {
        const away = error instanceof AnkaError && error.code === 'hsm-unavailable';
        if (!away) attempt++;
        if (!this.#closed && attempt <= attempts) {
          await sleep(awayPauseMs);
          continue;
        }
        entry.record(Object.fromEntries(spec.algs.map(({ alg }) => [alg, 'no answer'])));
        return;
      }
    }
  }
}
