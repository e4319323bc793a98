import { setTimeout as sleep } from 'node:timers/promises';
import { AnkaError, monotonicNow } from '@ankasecure/contracts';
import { inBackground } from '@ankasecure/service-kit/background';
import { endsBy } from '../../../deadline/ends-by.js';
import { ckrName, ckrOf } from '../cryptoki/ckr.js';
import { shared } from '../job/control.js';
import type { LanePool } from '../lane/lane-pool.js';
import type { CustodyLogger, Tuning } from '../profile/config.js';
import { PinRefused, type TokenModule } from './token-module.js';

/** `recovering` keeps callers waiting for the first attempt; `down` refuses them at once; `stopped` never ends. */
export type ModuleState = 'up' | 'recovering' | 'down' | 'stopped';

export interface RecoveryParts {
  readonly module: TokenModule;
  readonly pool: () => LanePool;
  /** The memory that all lanes share: login and module epochs. */
  readonly control: Int32Array;
  readonly timeoutMs: number;
  readonly tuning: Tuning;
  readonly logger: CustodyLogger;
  /** Whether a new process would reach the token. */
  readonly answers: () => Promise<boolean>;
  /** Asks for the process to end. */
  readonly end: (reason: string) => void;
}

const reasonOf = (error: unknown): string => {
  const code = ckrOf(error);
  if (code !== null) return ckrName(code);
  return error instanceof Error ? error.message : String(error);
};

export const unavailable = (): AnkaError => new AnkaError('hsm-unavailable');

/** Restores login and module, one at a time, for as long as it takes. It stops for good if a PIN is refused. */
export class Recovery {
  private readonly parts: RecoveryParts;
  private current: ModuleState = 'up';
  private running: Promise<void> | null = null;
  private delay: number;
  private closed = false;

  constructor(parts: RecoveryParts) {
    this.parts = parts;
    this.delay = parts.tuning.reinitialiseFirstMs;
  }

  get state(): ModuleState {
    return this.current;
  }

  get loginEpoch(): number {
    return Atomics.load(this.parts.control, shared.loginEpoch);
  }

  /** The token works: the next failure starts with the shortest pause again. */
  proved(): void {
    this.delay = this.parts.tuning.reinitialiseFirstMs;
  }

  /** Logs in, unless another call has done so since `epochSeen`. */
  login(epochSeen: number): void {
    if (this.current !== 'up' || epochSeen !== this.loginEpoch) return;
    try {
      this.parts.module.login();
      Atomics.add(this.parts.control, shared.loginEpoch, 1);
      this.parts.logger.warn({}, 'the token had logged out; logged in again');
    } catch (error) {
      if (error instanceof PinRefused) this.stop(error.message);
      else void this.reinitialise(`login failed: ${reasonOf(error)}`);
    }
  }

  /** Drain, Finalize, Initialize with backoff. The pool is paused when this returns its promise. */
  reinitialise(reason: string): Promise<void> {
    if (this.current === 'stopped' || this.closed) return Promise.resolve();
    this.running ??= inBackground(() => this.runReinitialise(reason)).finally(() => {
      this.running = null;
    });
    return this.running;
  }

  /** Stops for good: nothing reaches the token any more. The process stays up, not ready, so that no restart repeats the PIN. */
  stop(reason: string): void {
    if (this.current === 'stopped') return;
    this.current = 'stopped';
    this.parts.logger.error(
      { alarm: 'pin-refused', reason },
      'the HSM is no longer used: correct the PIN and restart the worker',
    );
    void this.parts.pool().pause();
    this.parts.pool().rejectWaiting(unavailable);
  }

  async close(): Promise<void> {
    this.closed = true;
    await this.running;
  }

  private async runReinitialise(reason: string): Promise<void> {
    const { logger } = this.parts;
    this.current = 'recovering';
    logger.warn({ reason }, 'initialising the token again');
    if (!(await this.freed())) return;
    while (!this.closed && (await this.attempt())) {
      this.current = 'down';
      this.parts.pool().rejectWaiting(unavailable);
    }
  }

  /** @returns true to try again */
  private async attempt(): Promise<boolean> {
    const { module, control, logger, tuning, answers } = this.parts;
    module.finalise();
    await sleep(this.delay);
    this.delay = Math.min(this.delay * 2, tuning.reinitialiseMaxMs);
    // The library has just failed again. A call that hangs now would stop this whole process.
    if (this.current === 'down' && !(await answers())) return true;
    if (this.closed) return false;
    try {
      Atomics.add(control, shared.moduleEpoch, 1);
      Atomics.add(control, shared.loginEpoch, 1);
      module.initialise();
    } catch (error) {
      if (error instanceof PinRefused) {
        this.stop(error.message);
        return false;
      }
      logger.error({ reason: reasonOf(error) }, 'the token has not recovered yet');
      return true;
    }
    this.current = 'up';
    logger.info({}, 'the token has recovered');
    this.parts.pool().resume(module.slot);
    return false;
  }

  /**
   * Waits until no lane has a call under way. One that hangs is waited for until a new process would reach the token.
   * @returns false if a new process must replace this one
   */
  private async freed(): Promise<boolean> {
    const { pool, timeoutMs, answers, tuning, end } = this.parts;
    let limitMs = timeoutMs + 1_000;
    while (!(await endsBy(monotonicNow() + limitMs, pool().pause()))) {
      this.current = 'down';
      pool().rejectWaiting(unavailable);
      if (this.closed) return false;
      if (await answers()) {
        end('a lane is stuck and the module must be initialised again');
        return false;
      }
      limitMs = tuning.probeMs;
    }
    return true;
  }
}
