import { AnkaError, type ImportMethod, monotonicNow } from '@ankasecure/contracts';
import type { Deadline } from '../../../deadline/deadline.js';
import type { ImportAbility, KeyRef, TokenIdentity } from '../../custody.js';
import { Capabilities } from '../capability/capabilities.js';
import { importAbility } from '../capability/import-ability.js';
import { ckrName } from '../cryptoki/ckr.js';
import { controlMemory, shared } from '../job/control.js';
import type { Reply } from '../job/frame.js';
import { type OperationName, operationNumber, operations, status } from '../job/job.js';
import { kindOf } from '../kind/kinds.js';
import { type Job, settle } from '../lane/job-queue.js';
import { LanePool } from '../lane/lane-pool.js';
import type { SelfTestResult, SelfTestSpec } from '../operation/self-test.js';
import {
  type CustodyLogger,
  defaultTuning,
  type Pkcs11Config,
  type Pkcs11Options,
  type Tuning,
} from '../profile/config.js';
import type { Profile } from '../profile/profile.js';
import { Health } from './health.js';
import { Recovery, unavailable } from './recovery.js';
import { TokenModule } from './token-module.js';

/** The parts behind a custody: module, lanes, recovery, health and capabilities. It handles each job's reply. */
export class TokenRuntime {
  readonly capabilities: Capabilities;
  /** The capabilities of wrapped keys. Their self-tests run when they are needed. */
  readonly wrappedCapabilities: Capabilities;
  private readonly timeoutMs: number;
  private readonly tuning: Tuning;
  /** Login and module epochs, in memory that all lanes share. */
  private readonly control = controlMemory(shared.size);
  private readonly pool: LanePool;
  private readonly recovery: Recovery;
  private readonly health: Health;
  private closing: Promise<void> | null = null;

  private constructor(
    private readonly module: TokenModule,
    private readonly config: Pkcs11Config,
    private readonly logger: CustodyLogger,
    private readonly options: Pkcs11Options,
  ) {
    this.timeoutMs = config.sessionTimeoutSeconds * 1000;
    this.tuning = { ...defaultTuning, ...options.tuning };
    this.pool = this.makePool();
    this.recovery = this.makeRecovery();
    this.health = this.makeHealth();
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

  /** Decides by the token's list. Each import decides in the end. */
  importAbility(method: ImportMethod, of?: Pick<KeyRef, 'algorithm' | 'purpose'>): ImportAbility {
    return importAbility(method, of, this.module.profile, this.module.mechanisms);
  }

  healthy(): boolean {
    return this.recovery.state === 'up' && this.health.ok && this.closing === null;
  }

  /**
   * Runs one job in a lane. `parts` must not change until the promise settles.
   * @param slow the job makes an RSA key and never runs on all lanes at once
   */
  call(
    budget: Deadline,
    operation: OperationName,
    variant: number,
    parts: readonly Uint8Array[],
    slow = false,
  ): Promise<Reply> {
    const { state } = this.recovery;
    if (state === 'down' || state === 'stopped' || this.closing) return Promise.reject(unavailable());
    return new Promise((resolve, reject) => {
      this.pool.submit({
        operation: operationNumber(operation),
        variant,
        slow,
        tenant: budget.tenantId ?? '',
        deadline: budget.deadline,
        parts,
        resolve: (reply) => {
          budget.hsm?.add(reply.micros);
          resolve(reply);
        },
        reject,
        attempts: 0,
        loginEpoch: 0,
        settled: false,
        over: null,
      });
    });
  }

  /** Raises the alarm: data kept outside the token was changed. */
  refused(operation: string): AnkaError {
    this.logger.error({ alarm: 'key-blob-refused', operation }, 'a key does not match its record');
    return new AnkaError('key-blob-refused');
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
        unwrappedKeys: tuning.unwrappedKeys,
        shared: control,
      }),
      loginEpoch: () => Atomics.load(control, shared.loginEpoch),
      replied: (job, reply) => this.replied(job, reply),
      stuck: (job) =>
        this.logger.error({ operation: operations[job.operation]?.name }, 'a lane is stuck in the HSM library'),
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
      fatal: (reason) => this.fail(reason),
    });
  }

  private makeHealth(): Health {
    const { identity, mechanisms, profile } = this.module;
    return new Health({
      partition: this.config.partition,
      spec: {
        tokenLabel: identity.label,
        tokenSerial: identity.serial,
        roundTrip: mechanisms.has(profile.gcm.mechanism),
      },
      everyMs: this.tuning.healthMs,
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
      this.tuning,
    );
  }

  private fail(reason: string): void {
    const { partition } = this.config;
    this.logger.error({ partition, reason }, 'the HSM module cannot recover in this process');
    this.options.onFatal?.(reason);
  }

  private async shutDown(): Promise<void> {
    this.health.stop();
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
    else this.failed(job, reply, operation?.name ?? '');
  }

  /** Acts on the status, then answers the job or puts it back, once. */
  private failed(job: Job, reply: Reply, operation: string): void {
    const again = job.attempts === 0;
    switch (reply.status) {
      case status.badDataCanary:
        this.health.ask();
        return settle(job, new AnkaError('decryption-failed'));
      case status.badData:
        return settle(job, new AnkaError('decryption-failed'));
      case status.blobRefused:
        return settle(job, this.refused(operation));
      case status.keyMissing:
        return settle(job, new AnkaError('key-not-found', 'The key’s object is missing from the token.'));
      case status.skipped:
        if (job.deadline > monotonicNow()) this.pool.putBack(job);
        else settle(job, new AnkaError('hsm-timeout'));
        return;
      case status.needsLogin:
        this.recovery.login(job.loginEpoch);
        return again ? this.again(job) : settle(job, unavailable());
      case status.needsReinitialise:
        void this.recovery.reinitialise(this.describe(reply)).then(() => this.health.check());
        return again && operations[job.operation]?.repeatable && operation !== 'canary'
          ? this.again(job)
          : settle(job, unavailable());
      case status.stop:
        this.recovery.stop(this.describe(reply));
        return settle(job, unavailable());
      default:
        if (reply.status === status.failedCanary) this.health.ask();
        this.logger.error({ operation, reason: this.describe(reply) }, 'the HSM refused a call');
        return settle(job, new AnkaError('hsm-error'));
    }
  }

  private again(job: Job): void {
    if (this.recovery.state === 'stopped') return settle(job, unavailable());
    job.attempts++;
    this.pool.putBack(job);
  }

  /** For logs: the call and its return value, never data. */
  private describe(reply: Reply): string {
    const detail = Buffer.from(reply.parts[0] ?? []).toString();
    return reply.code === 0 ? detail : `${detail}: ${ckrName(reply.code)}`;
  }
}
