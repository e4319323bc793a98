import { type AnkaError, type ImportMethod, monotonicNow } from '@ankasecure/contracts';
import type { Deadline } from '../../../deadline/deadline.js';
import type { ImportAbility, KeyRef, TokenIdentity } from '../../custody.js';
import { Capabilities } from '../capability/capabilities.js';
import { importAbility } from '../capability/import-ability.js';
import type { MechanismList } from '../cryptoki/mechanism.js';
import { controlMemory, shared } from '../job/control.js';
import type { Reply } from '../job/frame.js';
import { type OperationName, operationNumber, operations, status } from '../job/job.js';
import { kindOf } from '../kind/kinds.js';
import { type Job, newJob, settle } from '../lane/job-queue.js';
import { LanePool } from '../lane/lane-pool.js';
import { unwrappedKeysOf } from '../lane/share-of-handles.js';
import { Locators } from '../locate/locators.js';
import type { SelfTestResult, SelfTestSpec } from '../operation/self-test.js';
import {
  type CustodyLogger,
  defaultTuning,
  type Pkcs11Config,
  type Pkcs11Options,
  type Tuning,
} from '../profile/config.js';
import { hidesNewObjects, type Profile } from '../profile/profile.js';
import { type Alarms, blobRefused } from './alarm.js';
import { FailedJobs } from './failed-job.js';
import { Health } from './health.js';
import { LastResort } from './last-resort.js';
import { LateObjects } from './late-object.js';
import { tokenAnswers } from './probe.js';
import { Recovery, unavailable } from './recovery.js';
import { TokenModule } from './token-module.js';

/** The parts behind a custody: module, lanes, recovery, health and capabilities. It handles each job's reply. */
export class TokenRuntime {
  readonly capabilities: Capabilities;
  /** Names keys of this partition for lanes. */
  readonly locators: Locators;
  /** The capabilities of wrapped keys. Their self-tests run when they are needed. */
  readonly wrappedCapabilities: Capabilities;
  private readonly timeoutMs: number;
  private readonly tuning: Tuning;
  /** Login and module epochs, in memory that all lanes share. */
  private readonly control = controlMemory(shared.size);
  private readonly pool: LanePool;
  private readonly recovery: Recovery;
  private readonly health: Health;
  private readonly alarms: Alarms;
  private readonly lastResort: LastResort;
  private readonly failures: FailedJobs;
  private closing: Promise<void> | null = null;

  private constructor(
    private readonly module: TokenModule,
    private readonly config: Pkcs11Config,
    private readonly logger: CustodyLogger,
    private readonly options: Pkcs11Options,
  ) {
    this.locators = new Locators(config);
    this.alarms = { partition: config.partition, logger, observer: options.observer };
    this.timeoutMs = config.sessionTimeoutSeconds * 1000;
    this.tuning = { ...defaultTuning, ...options.tuning };
    this.pool = this.makePool();
    this.recovery = this.makeRecovery();
    this.health = this.makeHealth();
    this.lastResort = this.makeLastResort();
    this.failures = new FailedJobs(this.pool, this.recovery, this.health, this.alarms, this.makeLateObjects());
    this.capabilities = this.makeCapabilities('token');
    this.wrappedCapabilities = this.makeCapabilities('wrapped');
  }

  static async open(config: Pkcs11Config, logger: CustodyLogger, options: Pkcs11Options): Promise<TokenRuntime> {
    const module = new TokenModule(config, logger);
    try {
      module.initialise();
    } catch (error) {
      module.close();
      throw error;
    }
    const runtime = new TokenRuntime(module, config, logger, options);
    try {
      await runtime.pool.start();
      await runtime.health.start();
      if (options.makesNoKeys !== true)
        await runtime.capabilities.start(options.tuning?.longSelfTests ?? defaultTuning.longSelfTests);
    } catch (error) {
      await runtime.close();
      throw error;
    }
    logger.info({ partition: config.partition, ...module.identity }, 'HSM partition open');
    return runtime;
  }

  get identity(): TokenIdentity {
    return this.module.identity;
  }

  get profile(): Profile {
    return this.module.profile;
  }

  get mechanisms(): MechanismList {
    return this.module.mechanisms;
  }

  /** Decides by the token's list and by the self-test of an imported key. Each import decides in the end. */
  importAbility(method: ImportMethod, of?: Pick<KeyRef, 'algorithm' | 'purpose'>): ImportAbility {
    const [failed] = this.capabilities
      .now('AES-256', 'wrap')
      .excluded.filter(({ code }) => code === 'self-test-failed');
    return importAbility(method, of, this.module.profile, { listed: this.module.mechanisms, failed: failed?.detail });
  }

  healthy(): boolean {
    return this.recovery.state === 'up' && this.health.ok && !this.lastResort.isWaiting && this.closing === null;
  }

  /** Only the canary tries a token that hangs, because each call to it costs a lane. */
  private mayCall(operation: OperationName): boolean {
    const { state } = this.recovery;
    if (state === 'down' || state === 'stopped' || this.lastResort.isWaiting || this.closing) return false;
    return operation === 'canary' || !this.health.isHanging;
  }

  /** Asks the canary, because something is missing that should be there. @returns true if the token is ours and answers */
  isProved(): Promise<boolean> {
    return this.health.checkAnew();
  }

  /**
   * Runs one job in a lane. `parts` must not change until the promise settles.
   * @param slow the job may take seconds, and never runs on all lanes at once
   */
  call(
    budget: Deadline,
    operation: OperationName,
    variant: number,
    parts: readonly Uint8Array[],
    slow = false,
  ): Promise<Reply> {
    if (!this.mayCall(operation)) return Promise.reject(unavailable());
    const request = { operation: operationNumber(operation), variant, parts, slow };
    const answered = new Promise<Reply>((resolve, reject) =>
      this.pool.submit(newJob(budget, request, { resolve, reject })),
    );
    return this.options.observer?.trace?.(operation, variant, answered) ?? answered;
  }

  /** Raises the alarm: data kept outside the token was changed. */
  refused(operation: string): AnkaError {
    return blobRefused(this.alarms, operation);
  }

  forgetUnwrapped(objectIds: readonly Uint8Array[] | 'all'): void {
    this.pool.forgetUnwrapped(objectIds);
  }

  close(): Promise<void> {
    this.closing ??= this.shutDown();
    return this.closing;
  }

  private makePool(): LanePool {
    const { control, module, tuning } = this;
    return new LanePool({
      size: this.config.sessionPoolSize,
      timeoutMs: this.timeoutMs,
      tuning,
      settings: () => ({
        libraryPath: module.libraryPath,
        slot: module.slot,
        profile: module.profile,
        handleCacheSize: tuning.handleCacheSize,
        unwrappedKeys: unwrappedKeysOf(module.profile, tuning, this.config.sessionPoolSize),
        shared: control,
      }),
      loginEpoch: () => Atomics.load(control, shared.loginEpoch),
      replied: (job, reply) => this.replied(job, reply),
      stuck: (job) =>
        this.logger.error({ operation: operations[job.operation]?.name }, 'a lane is stuck in the HSM library'),
      doubt: () => void this.health.ask(),
      fatal: (reason) => this.fail(reason),
    });
  }

  private makeRecovery(): Recovery {
    return new Recovery({
      module: this.module,
      pool: () => this.pool,
      control: this.control,
      timeoutMs: this.timeoutMs,
      tuning: this.tuning,
      logger: this.logger,
      answers: () => tokenAnswers(this.config),
      end: (reason) => this.options.onFatal?.(reason),
    });
  }

  private makeLateObjects(): LateObjects {
    return new LateObjects({
      hides: hidesNewObjects(this.module.profile),
      pauseMs: this.tuning.showMs,
      initialise: async () => {
        await this.recovery.reinitialise('an object is missing, which another process may have made');
        await this.health.check();
      },
    });
  }

  private makeLastResort(): LastResort {
    return new LastResort({
      answers: () => tokenAnswers(this.config),
      healed: () => !this.pool.isLost,
      everyMs: this.tuning.probeMs,
      end: (reason) => this.options.onFatal?.(reason),
    });
  }

  private makeHealth(): Health {
    const { identity, mechanisms, profile } = this.module;
    return new Health({
      partition: this.config.partition,
      spec: {
        tokenLabel: identity.label,
        tokenSerial: identity.serial,
        roundTrip: this.makesCanary && mechanisms.has(profile.gcm.mechanism),
      },
      everyMs: this.tuning.healthMs,
      failedEveryMs: Math.min(this.tuning.healthMs, this.tuning.failedHealthMs),
      hangMs: this.tuning.hangMs,
      answeredAt: () => this.pool.answeredAt,
      askedPauseMs: this.tuning.doubtMs,
      logger: this.logger,
      run: (parts) => this.call(this.ownBudget(), 'canary', 0, parts),
      passed: () => {
        this.recovery.proved();
        this.capabilities.tokenProved();
        this.wrappedCapabilities.tokenProved();
      },
    });
  }

  private get makesCanary(): boolean {
    return this.options.makesNoKeys !== true && this.module.profile.keyTemplates === 'standard';
  }

  private makeCapabilities(custody: 'token' | 'wrapped'): Capabilities {
    const { partition } = this.config;
    return new Capabilities(
      this.module.profile,
      this.module.mechanisms,
      (spec) => this.selfTest({ ...spec, wrapped: custody === 'wrapped' }),
      (algorithm, alg, reason) => {
        const fields = { partition, algorithm, alg, custody, reason };
        this.logger.warn(fields, 'a self-test failed; the algorithm is not offered');
      },
      { ...this.tuning, wrapped: custody === 'wrapped' },
    );
  }

  private fail(reason: string): void {
    const { partition } = this.config;
    this.logger.error({ partition, reason }, 'the HSM module cannot recover in this process');
    this.pool.rejectWaiting(unavailable);
    this.lastResort.begin(reason);
  }

  private async shutDown(): Promise<void> {
    this.health.stop();
    this.lastResort.stop();
    this.capabilities.close();
    this.wrappedCapabilities.close();
    await this.recovery.close();
    if (await this.pool.close()) this.module.close();
  }

  private async selfTest(spec: SelfTestSpec): Promise<SelfTestResult> {
    const parts = [Buffer.from(JSON.stringify(spec))];
    const isSlow = kindOf(spec.shape).slowToMake || spec.shape.purpose === 'wrap';
    const reply = await this.call(this.ownBudget(), 'self-test', 0, parts, isSlow);
    return JSON.parse(Buffer.from(reply.parts[0] ?? []).toString()) as SelfTestResult;
  }

  private ownBudget(): Deadline {
    return { deadline: monotonicNow() + 2 * this.timeoutMs };
  }

  private replied(job: Job, reply: Reply): void {
    const operation = operations[job.operation];
    this.options.observer?.call(operation?.name ?? '', reply.micros, reply.status === status.done);
    if (reply.status === status.done) settle(job, reply);
    else this.failures.answer(job, reply, operation?.name ?? '');
  }
}
