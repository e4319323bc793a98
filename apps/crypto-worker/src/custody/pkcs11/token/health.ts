import { createHash } from 'node:crypto';
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
  private asked: NodeJS.Timeout | null = null;
  private timer: NodeJS.Timeout | null = null;

  constructor(parts: HealthParts) {
    this.parts = parts;
    this.keyLabel = `ankasecure:canary:${parts.partition}`;
    this.keyId = createHash('sha256').update(this.keyLabel).digest().subarray(0, 16);
  }

  get ok(): boolean {
    return this.isOk;
  }

  /** The first check makes the canary's key if it is missing. @throws the error of the check */
  async start(): Promise<void> {
    await this.runCheck(true);
    this.timer = setInterval(() => void this.check(), this.parts.everyMs);
    this.timer.unref();
  }

  check(): Promise<boolean> {
    this.running ??= this.runCheck(false)
      .then(
        () => true,
        () => false,
      )
      .finally(() => {
        this.running = null;
      });
    return this.running;
  }

  /** Requests a check, because a caller's data was refused with a code that could also mean a dead token. */
  ask(): void {
    if (this.asked) return;
    const wait = Math.max(0, this.lastAt + this.parts.askedPauseMs - performance.now());
    this.asked = setTimeout(() => {
      this.asked = null;
      void this.check();
    }, wait);
    this.asked.unref();
  }

  stop(): void {
    if (this.timer) clearInterval(this.timer);
    if (this.asked) clearTimeout(this.asked);
  }

  private async runCheck(create: boolean): Promise<void> {
    const spec: CanarySpec = { ...this.parts.spec, keyLabel: this.keyLabel, create };
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
      this.lastAt = performance.now();
    }
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
