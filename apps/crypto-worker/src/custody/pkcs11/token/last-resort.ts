import { setTimeout as sleep } from 'node:timers/promises';

export interface LastResortParts {
  /** Whether a new process would reach the token. */
  readonly answers: () => Promise<boolean>;
  /** Whether the calls that hung have returned after all. */
  readonly healed: () => boolean;
  /** The pause between two probes, in milliseconds. */
  readonly everyMs: number;
  /** Asks for the process to end. */
  readonly end: (reason: string) => void;
}

/**
 * The end of a process whose module cannot be repaired in it, because calls hang in the library or its threads crash. A new
 * process repairs it, but only once the token is back. Until then this one stays: it serves what needs no token, and all
 * workers of a token that hangs would otherwise end together.
 */
export class LastResort {
  private running = false;
  private stopped = false;

  constructor(private readonly parts: LastResortParts) {}

  /** True from the loss of the module until it has healed by itself, if it does. */
  get isWaiting(): boolean {
    return this.running;
  }

  begin(reason: string): void {
    if (this.running || this.stopped) return;
    this.running = true;
    void this.run(reason);
  }

  stop(): void {
    this.stopped = true;
  }

  private isOver(): boolean {
    return this.stopped || this.parts.healed();
  }

  private async run(reason: string): Promise<void> {
    const { answers, everyMs, end } = this.parts;
    let wasBack = false;
    while (!this.isOver()) {
      const isBack = await answers();
      if (this.isOver()) break;
      // Calls that hung often return when new ones do, so they have one pause for it.
      if (isBack && wasBack) end(reason);
      wasBack = isBack;
      await sleep(everyMs, undefined, { ref: false });
    }
    this.running = false;
  }
}
