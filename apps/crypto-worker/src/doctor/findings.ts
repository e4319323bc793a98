import type { Finding, FindingCode } from '@ankasecure/contracts';
import { type ExitReason, exitCodes } from '@ankasecure/service-kit';

/** The exit codes of red findings, the one that counts first. */
const order = ['configuration', 'hsm', 'pin', 'other'] as const satisfies readonly ExitReason[];
type RedReason = (typeof order)[number];

/** How bad each finding is: a note, or red, with the reason of the exit code. */
const kinds = {
  'configuration-unreadable': 'configuration',
  'library-missing': 'hsm',
  'library-unusable': 'hsm',
  'profile-unknown': 'hsm',
  'profile-fits-less': 'note',
  'profile-lacks-mechanisms': 'other',
  'token-not-selected': 'other',
  'token-by-index': 'note',
  'token-not-initialised': 'other',
  'token-not-opened': 'hsm',
  'token-silent': 'other',
  'pin-not-set': 'note',
  'pin-tries-few': 'note',
  'pin-to-be-changed': 'note',
  'pin-entered-elsewhere': 'note',
  'pin-locked': 'pin',
  'pin-last-try': 'pin',
  'pin-form': 'pin',
  'pin-length': 'pin',
  'pin-refused': 'pin',
  'keys-unsupported': 'other',
  'mechanisms-missing': 'other',
  'key-wrap-missing': 'note',
  'step-outside-module': 'note',
  'key-not-generated': 'other',
  'key-not-usable': 'other',
  'key-not-destroyed': 'other',
  'algorithm-in-trouble': 'other',
  'algorithm-refused': 'other',
  'algorithm-wrong': 'other',
  'step-slow': 'other',
  'leftovers-removed': 'note',
  'object-not-removed': 'other',
  'run-stopped': 'other',
} as const satisfies Readonly<Record<FindingCode, RedReason | 'note'>>;

/** Everything that was found, and the exit code that follows from it. */
export class Findings {
  readonly all: Finding[] = [];
  private readonly reasons = new Set<RedReason>();

  add(code: FindingCode, about: string, problem: string, remedy: string): void {
    const kind = kinds[code];
    this.all.push({ code, level: kind === 'note' ? 'note' : 'red', about, problem, remedy });
    if (kind !== 'note') this.reasons.add(kind);
  }

  get exitCode(): number {
    const reason = order.find((each) => this.reasons.has(each));
    return reason === undefined ? exitCodes.stopped.code : exitCodes[reason].code;
  }
}
