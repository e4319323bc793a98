import { createHash } from 'node:crypto';
import { inBackground } from '@ankasecure/service-kit/background';
import type { Reply } from '../job/frame.js';
import type { CanarySpec } from '../operation/canary.js';
import type { CustodyLogger } from '../profile/config.js';

/** CKF_USER_PIN_COUNT_LOW, _FINAL_TRY, _LOCKED and the same for the security officer. */
const pinFlags = [
  [0x10000, 'user PIN: a wrong one was entered since the last login'],
  [0x20000, 'user PIN: one try is left'],
  [0x40000, 'user PIN: locked'],
  [0x100000, 'SO PIN: a wrong one was entered since the last login'],
  [0x200000, 'SO PIN: one try is left'],
  [0x400000, 'SO PIN: locked'],
] as const;

export interface HealthParts {
  readonly partition: string;
  readonly spec: Omit<CanarySpec, 'create' | 'keyLabel'>;
  readonly everyMs: number;
  /** The interval while the check fails. */
  readonly failedEveryMs: number;
  /** The time without any answer after which a token that has work counts as hanging, in milliseconds. */
  readonly hangMs: number;
  /** When the token last answered any job, of `performance.now()`. */
  readonly answeredAt: () => number;
  /** The shortest time between the last check and a requested one, in milliseconds. */
  readonly askedPauseMs: number;
  readonly logger: CustodyLogger;
  /** Runs a canary job. */
  readonly run: (parts: readonly Uint8Array[]) => Promise<Reply>;
  readonly passed: () => void;
}

/** Checks label, serial and an encryption round trip with a key of our own, every few seconds and when in doubt. */
export class Health {
  private readonly parts: HealthParts;
  private readonly keyId: Buffer;
  private readonly keyLabel: string;
  private isOk = true;
  private alarms = 0;
  private running: Promise<boolean> | null = null;
  private lastAt = 0;
  private asked: PromiseWithResolvers<boolean> | null = null;
  private askedTimer: NodeJS.Timeout | null = null;
  private timer: NodeJS.Timeout | null = null;
  private stopped = false;
  private hanging = false;

  constructor(parts: HealthParts) {
    this.parts = parts;
    this.keyLabel = `ankasecure:canary:${parts.partition}`;
    this.keyId = createHash('sha256').update(this.keyLabel).digest().subarray(0, 16);
  }

  get ok(): boolean {
    return this.isOk && !this.hanging;
  }

  /** The token has work and has answered nothing for too long. */
  get isHanging(): boolean {
    return this.hanging;
  }

  /** The first check makes the canary's key if it is missing. @throws the error of the check */
  async start(): Promise<void> {
    await this.runCheck(true);
    this.schedule();
  }

  check(): Promise<boolean> {
    this.running ??= inBackground(() => this.runCheck(false))
      .then(
        () => true,
        () => false,
      )
      .finally(() => {
        this.running = null;
        this.schedule();
      });
    return this.running;
  }

  /** A check that begins after this call. @returns whether it passed */
  async checkAnew(): Promise<boolean> {
    await this.running;
    return this.check();
  }

  /**
   * Requests a check that begins after this call, because a caller's data was refused with a code that could also mean a dead
   * token, or an object is missing. @returns whether it passed
   */
  ask(): Promise<boolean> {
    if (this.stopped) return Promise.resolve(false);
    if (this.asked === null) {
      this.asked = Promise.withResolvers();
      const wait = Math.max(0, this.lastAt + this.parts.askedPauseMs - performance.now());
      this.askedTimer = inBackground(() => setTimeout(() => void this.runAsked(), wait));
      this.askedTimer.unref();
    }
    return this.asked.promise;
  }

  stop(): void {
    this.stopped = true;
    if (this.timer) clearTimeout(this.timer);
    if (this.askedTimer) clearTimeout(this.askedTimer);
    this.asked?.resolve(false);
  }

  /** Whatever began the last check, its result decides when the next one is due. */
  private schedule(): void {
    if (this.timer) clearTimeout(this.timer);
    if (this.stopped) return;
    const { everyMs, failedEveryMs } = this.parts;
    const pauseMs = this.isOk ? everyMs : failedEveryMs;
    this.timer = inBackground(() => setTimeout(() => void this.check(), pauseMs));
    this.timer.unref();
  }

  private async runAsked(): Promise<void> {
    await this.running;
    const { asked } = this;
    this.asked = null;
    asked?.resolve(await this.check());
  }

  private async runCheck(create: boolean): Promise<void> {
    const spec: CanarySpec = { ...this.parts.spec, keyLabel: this.keyLabel, create };
    const watch = this.watchForHang();
    try {
      const reply = await this.parts.run([Buffer.from(JSON.stringify(spec)), this.keyId]);
      this.isOk = true;
      this.parts.passed();
      this.alarm(Buffer.from(reply.parts[0] ?? Buffer.alloc(4)).readUInt32LE());
    } catch (error) {
      if (this.isOk) this.parts.logger.error({ partition: this.parts.partition }, 'the canary failed');
      this.isOk = false;
      throw error;
    } finally {
      clearInterval(watch);
      this.hanging = false;
      this.lastAt = performance.now();
    }
  }

  /**
   * A canary that waits is no failure while the token answers other jobs. One late look proves nothing: this process itself
   * may have stood still, with the answers unread.
   */
  private watchForHang(): NodeJS.Timeout {
    const { hangMs, answeredAt, logger, partition } = this.parts;
    const begunAt = performance.now();
    let lateLooks = 0;
    const look = (): void => {
      const late = performance.now() - Math.max(begunAt, answeredAt()) > hangMs;
      lateLooks = late ? lateLooks + 1 : 0;
      if (lateLooks === 2) logger.error({ partition }, 'the token does not answer');
      this.hanging = lateLooks >= 2;
    };
    return setInterval(look, hangMs / 4).unref();
  }

  private alarm(flags: number): void {
    const raised = pinFlags.filter(([flag]) => flags & flag);
    const now = raised.reduce((sum, [flag]) => sum | flag, 0);
    if (now !== this.alarms && now !== 0)
      this.parts.logger.error(
        { alarm: 'pin-count', partition: this.parts.partition, raised: raised.map(([, words]) => words) },
        'PIN counters of the token are low',
      );
    this.alarms = now;
  }
}
