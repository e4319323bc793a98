import { AnkaError, monotonicNow } from '@ankasecure/contracts';
import type { Deadline } from '../../../deadline/deadline.js';
import type { GeneratedKey, KeyRef, TokenIdentity } from '../../custody.js';
import { bindsOwner, type Naming, newObjectId } from '../../object-owner.js';
import { settleSelfTest } from '../capability/settle-self-test.js';
import type { Reply } from '../job/frame.js';
import type { OperationName } from '../job/job.js';
import { kindOf } from '../kind/kinds.js';
import type { SelfTestResult, SelfTestSpec } from '../operation/self-test.js';
import type { SelfTestFailure } from '../operation/self-test-failure.js';
import { Pkcs11Custody } from '../pkcs11-custody.js';
import type { CustodyLogger, Pkcs11Config } from '../profile/config.js';
import type { Profile } from '../profile/profile.js';
import { part } from '../reply.js';
import { TokenRuntime } from '../token/token-runtime.js';
import { tryProfiles } from './profile-trials.js';
import { isObject, keyOwnerOf, ownerOf, planTrials, platformRefOf, type Trial, type TrialPlan } from './trial.js';

/** Names of partitions have no dots, so no worker's object has the name of a trial key. */
const naming: Naming = { partition: 'hsm.doctor', kekLabelPrefix: 'ankasecure:hsm.doctor:kek' };

/** Milliseconds, as a caller in the worker sees them. `test` is a trial in one job, of a key that is an object of a session. */
export type TrialTimes = Partial<Record<'generate' | 'use' | 'destroy' | 'test', number>>;

export interface TrialResult {
  /** By algorithm: null if it works. */
  readonly algs: SelfTestResult;
  /** The key itself could not be made, found or destroyed. */
  readonly failure: { readonly step: 'generate' | 'use' | 'destroy'; readonly reason: string } | null;
  readonly ms: TrialTimes;
}

/** An object of a trial key in the token. */
export interface TrialObject {
  readonly trial: Trial;
  readonly label: string;
  /** CKA_ID. */
  readonly id: Uint8Array;
}

const noBytes = new Uint8Array();
const empty = { result: {} as SelfTestResult, ms: 0 };

/** Trial keys on one token, through the driver of the service. Their names are of no worker. */
export class TokenTrials {
  readonly plan: TrialPlan;
  private readonly custody: Pkcs11Custody;
  /** The token's words for the last failed call. */
  private words = '';

  private constructor(
    private readonly runtime: TokenRuntime,
    private readonly limitMs: number,
    lines: { listener: (fields: object) => void },
  ) {
    this.custody = new Pkcs11Custody(runtime);
    this.plan = planTrials(runtime.profile, runtime.mechanisms);
    lines.listener = (fields) => {
      if ('reason' in fields) this.words = String(fields.reason);
    };
  }

  /**
   * Logs in, once, and opens two lanes.
   * @param config of the partition; a call may take `sessionTimeoutSeconds`
   * @throws PinRefused, SlotNotFound, or the library's error
   */
  static async open(config: Pkcs11Config): Promise<TokenTrials> {
    const lines = { listener: (_fields: object): void => undefined };
    const listen = (fields: object): void => lines.listener(fields);
    const logger: CustodyLogger = { info: () => undefined, warn: listen, error: listen };
    const runtime = await TokenRuntime.open({ ...config, ...naming, sessionPoolSize: 2 }, logger, {
      makesNoKeys: true,
      onFatal: () => undefined,
    });
    return new TokenTrials(runtime, config.sessionTimeoutSeconds * 1000, lines);
  }

  get identity(): TokenIdentity {
    return this.runtime.identity;
  }

  get profile(): Profile {
    return this.runtime.profile;
  }

  /** Never throws for what the token does. */
  run(trial: Trial): Promise<TrialResult> {
    this.words = '';
    return isObject(trial) ? this.runOnObject(trial) : this.runInSession(trial);
  }

  /** Tries quick keys under every profile. @returns by the name of a profile: what passes under it */
  tryProfiles(): Promise<ReadonlyMap<string, readonly string[]>> {
    return tryProfiles(this.runtime.mechanisms, async (spec) => {
      const { result } = await this.ask('self-test', [Buffer.from(JSON.stringify(spec))]);
      return result;
    });
  }

  /** The objects of trial keys that the token holds now, of this run or an earlier one. */
  async objects(): Promise<readonly TrialObject[]> {
    const found: TrialObject[] = [];
    for (const trial of this.plan.trials.filter(isObject)) {
      const name = this.runtime.locators.nameOf(ownerOf(trial));
      const { parts } = await this.runtime.call(this.budget(), 'find-named', 0, [Buffer.from(JSON.stringify(name))]);
      const ids = parts.map((id) => Uint8Array.from(id)).filter(bindsOwner);
      found.push(...ids.map((id) => ({ trial, label: name.label, id })));
    }
    return found;
  }

  /** @throws AnkaError if the object cannot be destroyed, or is not a trial key's */
  async destroy({ trial, id }: TrialObject): Promise<void> {
    await this.custody.destroy(this.budget(), ownerOf(trial), id);
  }

  close(): Promise<void> {
    return this.runtime.close();
  }

  private budget(): Deadline {
    return { deadline: monotonicNow() + this.limitMs };
  }

  private async runOnObject(trial: Trial): Promise<TrialResult> {
    const ms: TrialTimes = {};
    const objectId = newObjectId(ownerOf(trial), naming);
    let step: 'generate' | 'use' | 'destroy' = 'generate';
    let algs: SelfTestResult = {};
    try {
      try {
        const made = await this.timed(ms, 'generate', (budget) => this.generate(budget, trial, objectId));
        step = 'use';
        algs = await this.timed(ms, 'use', () => this.use(trial, objectId, made.spki ?? noBytes));
      } finally {
        const failed = step;
        step = 'destroy';
        // A generation that failed late may have left its object. A find costs little.
        await this.timed(ms, 'destroy', (budget) => this.custody.destroy(budget, ownerOf(trial), objectId));
        step = failed;
      }
      return { algs, failure: null, ms };
    } catch (error) {
      return { algs, failure: { step, reason: this.reasonOf(error) }, ms };
    }
  }

  private generate(budget: Deadline, trial: Trial, objectId: Uint8Array): Promise<GeneratedKey> {
    if (trial.custody === 'platform')
      return this.custody.generatePlatformKey(budget, platformRefOf(trial.algorithm, objectId));
    return this.custody.generate(budget, { ref: this.refOf(trial, objectId) });
  }

  private refOf(trial: Exclude<Trial, { custody: 'platform' }>, objectId: Uint8Array): KeyRef {
    const { algorithm, purpose, shape } = trial;
    return { owner: keyOwnerOf(trial), algorithm, purpose, alg: shape.alg, objectId };
  }

  private async use(trial: Trial, objectId: Uint8Array, spki: Uint8Array): Promise<SelfTestResult> {
    const { locators } = this.runtime;
    const locator =
      trial.custody === 'platform'
        ? locators.ofPlatformKey(platformRefOf(trial.algorithm, objectId))
        : locators.ofObject(this.refOf(trial, objectId));
    const { result } = await this.ask('try-key', [locator, spki, Buffer.from(JSON.stringify(trial.algs))]);
    return result;
  }

  private async runInSession({ shape, algs, custody }: Trial): Promise<TrialResult> {
    const spec: SelfTestSpec = { shape, algs, wrapped: custody === 'wrapped' };
    let last = empty;
    let attempts = 0;
    const run = async (tried: SelfTestSpec): Promise<SelfTestResult> => {
      attempts++;
      last = await this.ask('self-test', [Buffer.from(JSON.stringify(tried))], kindOf(shape).slowToMake);
      return last.result;
    };
    const result = await settleSelfTest(spec, run, () => attempts >= 3);
    return { algs: this.inWords(result), failure: null, ms: { test: last.ms } };
  }

  /** A job that did not answer has the words of the log. */
  private inWords(result: SelfTestResult): SelfTestResult {
    const rows = Object.entries(result).map(([alg, failure]): [string, SelfTestFailure | null] => [
      alg,
      failure?.reason === 'no answer' && this.words !== '' ? { ...failure, reason: this.words } : failure,
    ]);
    return Object.fromEntries(rows);
  }

  private async ask(
    operation: OperationName,
    parts: readonly Uint8Array[],
    slow = false,
  ): Promise<{ readonly result: SelfTestResult; readonly ms: number }> {
    const reply: Reply = await this.runtime.call(this.budget(), operation, 0, parts, slow);
    const result = JSON.parse(Buffer.from(part(reply, 0)).toString()) as SelfTestResult;
    return { result, ms: reply.micros / 1000 };
  }

  private async timed<Result>(
    ms: TrialTimes,
    step: keyof TrialTimes,
    work: (budget: Deadline) => Promise<Result>,
  ): Promise<Result> {
    const since = performance.now();
    try {
      return await work(this.budget());
    } finally {
      ms[step] = performance.now() - since;
    }
  }

  /** The token's words, where there are any: an AnkaError has none of them. */
  private reasonOf(error: unknown): string {
    if (this.words !== '') return this.words;
    return error instanceof AnkaError ? `${error.code}: ${error.message}` : String(error);
  }
}
