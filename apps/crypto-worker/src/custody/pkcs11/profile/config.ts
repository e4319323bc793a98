import type { MechanismName } from '../cryptoki/mechanism.js';

/** One partition's access, as `ankasecure.hsm.pkcs11` (or `partitions.<name>`) gives it. */
export interface Pkcs11Config {
  /** Name of the partition: part of the canary's label, and of what is logged. */
  readonly partition: string;
  readonly libraryPath: string;
  /** Used only where no `tokenLabel` is set: slot indices move. */
  readonly slotIndex: number;
  readonly tokenLabel?: string | undefined;
  readonly tokenSerial?: string | undefined;
  readonly pin: string;
  /** A row of `profiles`; recognised from the token where absent. */
  readonly profile?: string | undefined;
  /** Lanes: each is a thread with one session. */
  readonly sessionPoolSize: number;
  /** How long one PKCS#11 job may take before its lane counts as stuck. */
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

/** Sees every job as it is answered, for traces and metrics. `micros` is the time inside the lane. */
export interface CustodyObserver {
  call(name: string, micros: number, ok: boolean): void;
}

/** Times in milliseconds and bounds that only tests change. */
export interface Tuning {
  /** Jobs waiting for a lane; beyond it callers get `hsm-unavailable`. */
  readonly queueLimit: number;
  /** How often deadlines and stuck lanes are looked for. */
  readonly watchMs: number;
  readonly healthMs: number;
  /** After bad data the canary is asked at most this often, or garbage from outside would keep the token busy with it. */
  readonly doubtMs: number;
  /** Pause before the first new C_Initialize; doubles up to `reinitialiseMaxMs`. */
  readonly reinitialiseFirstMs: number;
  readonly reinitialiseMaxMs: number;
  /** After this long without the token the process is told to end. */
  readonly giveUpMs: number;
  /** Lanes stuck at once before the process is told to end. Default: half the pool, at least two. */
  readonly stuckLimit?: number | undefined;
  /** Handles kept per lane. */
  readonly handleCacheSize: number;
  /**
   * Wrapped keys kept unwrapped per lane, each an object in the HSM's memory. Some tokens look through all their objects to
   * find one, SoftHSM at some 30 µs each.
   */
  readonly unwrappedKeys: number;
  /** Whether to test RSA-3072 and RSA-4096 behind the start; otherwise each test waits until it is needed. */
  readonly longSelfTests: boolean;
  /** Pause between two rounds of self-tests that failed; doubles up to `retestMaxMs`. */
  readonly retestFirstMs: number;
  readonly retestMaxMs: number;
}

export const defaultTuning: Tuning = {
  queueLimit: 8192,
  watchMs: 50,
  healthMs: 10_000,
  doubtMs: 1_000,
  reinitialiseFirstMs: 100,
  reinitialiseMaxMs: 5_000,
  giveUpMs: 60_000,
  handleCacheSize: 4096,
  unwrappedKeys: 256,
  longSelfTests: true,
  retestFirstMs: 30_000,
  retestMaxMs: 3_600_000,
};

export interface Pkcs11Options {
  readonly observer?: CustodyObserver | undefined;
  /** The module cannot recover: the process must end, non-zero, and be restarted. Never called for a refused PIN. */
  readonly onFatal?: ((reason: string) => void) | undefined;
  readonly tuning?: Partial<Tuning> | undefined;
}
