import type { Finding } from '@ankasecure/contracts';
import { type ExitReason, exitCodes } from '@ankasecure/service-kit';

/** The exit codes of red findings, the one that counts first. */
const order = ['configuration', 'hsm', 'pin', 'other'] as const satisfies readonly ExitReason[];
export type RedReason = (typeof order)[number];

/** Everything that was found, and the exit code that follows from it. */
export class Findings {
  readonly all: Finding[] = [];
  private readonly reasons = new Set<RedReason>();

  red(about: string, problem: string, remedy: string, reason: RedReason = 'other'): void {
    this.all.push({ level: 'red', about, problem, remedy });
    this.reasons.add(reason);
  }

  note(about: string, problem: string, remedy: string): void {
    this.all.push({ level: 'note', about, problem, remedy });
  }

  get exitCode(): number {
    const reason = order.find((each) => this.reasons.has(each));
    return reason === undefined ? exitCodes.stopped.code : exitCodes[reason].code;
  }
}
