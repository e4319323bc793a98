import type { MechanismName } from '../cryptoki/mechanism.js';
import type { Reply } from '../job/frame.js';
import type { OperationName } from '../job/job.js';

/** One partition's access, as configured by `ankasecure.hsm.pkcs11` (or `partitions.<name>`). */
export interface Pkcs11Config {
  /** The name of the partition. It is part of the canary's label and of log entries. */
  readonly partition: string;
  readonly libraryPath: string;
  /** Used only if no `tokenLabel` is set, because slot indices move. */
  readonly slotIndex: number;
  readonly tokenLabel?: string | undefined;
  readonly tokenSerial?: string | undefined;
  readonly pin: string;
  /** A row of `profiles`. If absent, the token's own data selects it. */
  readonly profile?: string | undefined;
  /** Lanes: each is a thread with one session. */
  readonly sessionPoolSize: number;
  /** The time that one PKCS#11 job may take before its lane counts as stuck, in seconds. */
  readonly sessionTimeoutSeconds: number;
  readonly kekLabelPrefix: string;
  /** Treated as if the token did not list them. */
  readonly excludedMechanisms?: readonly MechanismName[] | undefined;
}

/** The part of a logger that custody needs. */
export interface CustodyLogger {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

/** Receives every job when it is answered, for metrics. `micros` is the time inside the lane. */
export interface CustodyObserver {
  call(name: string, micros: number, ok: boolean): void;
  /** Records the job of a caller that is traced. Absent if nothing is. */
  readonly trace?: (operation: OperationName, variant: number, answered: Promise<Reply>) => Promise<Reply>;
  /** An object was refused. @param kind of the record that it was refused for */
  refused?(kind: string, reason: string): void;
}

/** Times in milliseconds and limits that only tests change. */
export interface Tuning {
  /** Jobs that may wait for a lane. Above this limit callers get `hsm-unavailable`. */
  readonly queueLimit: number;
  /** The interval of the checks for passed deadlines and stuck lanes. */
  readonly watchMs: number;
  readonly healthMs: number;
  /** The interval of the canary while it fails, so that a token that returns is used again soon. */
  readonly failedHealthMs: number;
  /** The time without any answer after which a token that has work counts as hanging. */
  readonly hangMs: number;
  /** The minimum interval of canary checks after bad data. Otherwise garbage from outside would keep the token busy. */
  readonly doubtMs: number;
  /** The pause before the first new C_Initialize. It doubles up to `reinitialiseMaxMs`. */
  readonly reinitialiseFirstMs: number;
  readonly reinitialiseMaxMs: number;
  /** The shortest time between two initialisations for objects that another process may have made. */
  readonly showMs: number;
  /** The pause between two probes of a token that this process cannot use any more. */
  readonly probeMs: number;
  /** Lanes stuck at once before a new process must replace this one. Default: half the pool, at least two. */
  readonly stuckLimit?: number | undefined;
  /** Handles kept per lane. */
  readonly handleCacheSize: number;
  /**
   * Wrapped keys kept unwrapped per lane, each an object in the HSM's memory. Some tokens search all their objects to find
   * one, SoftHSM at some 30 µs each.
   */
  readonly unwrappedKeys: number;
  /** Whether to test RSA-3072 and RSA-4096 in the background after the start. Otherwise each test runs when it is needed. */
  readonly longSelfTests: boolean;
  /** The pause between two rounds of failed self-tests. It doubles up to `retestMaxMs`. */
  readonly retestFirstMs: number;
  readonly retestMaxMs: number;
}

export const defaultTuning: Tuning = {
  queueLimit: 8192,
  watchMs: 50,
  healthMs: 5_000,
  failedHealthMs: 1_000,
  hangMs: 3_000,
  doubtMs: 1_000,
  reinitialiseFirstMs: 100,
  reinitialiseMaxMs: 2_000,
  showMs: 5_000,
  probeMs: 1_000,
  handleCacheSize: 4096,
  unwrappedKeys: 256,
  longSelfTests: true,
  retestFirstMs: 30_000,
  retestMaxMs: 3_600_000,
};

export interface Pkcs11Options {
  readonly observer?: CustodyObserver | undefined;
  /**
   * The module cannot recover in this process, and the token is back for a new one: the process must end with a non-zero code
   * and be restarted. Never called for a refused PIN.
   */
  readonly onFatal?: ((reason: string) => void) | undefined;
  readonly tuning?: Partial<Tuning> | undefined;
  /** Makes no key unless it is told to: neither the canary's nor those of self-tests. For programs that only look at a token. */
  readonly makesNoKeys?: boolean | undefined;
}
