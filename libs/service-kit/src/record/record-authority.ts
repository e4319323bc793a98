import { type RecordPlace, type Service, secondsOf } from '@ankasecure/contracts';
import { type HistoryConfig, historyDefaults } from '../config/section.js';

/** The service whose records are sealed. Every seal binds it. */
export class RecordOwner {
  /** For how long a comparison with the trail counts while the trail is not read, in milliseconds. */
  readonly longestSilenceMs: number;

  constructor(
    readonly service: Service,
    { longestSilence }: HistoryConfig = historyDefaults,
  ) {
    this.longestSilenceMs = Number(secondsOf(longestSilence)) * 1000;
  }
}

/** A record to seal: its place and the digest of its canonical form. */
export interface DigestedRecord extends RecordPlace {
  readonly digest: Buffer;
}

/** A record to check. */
export interface SealedDigest extends DigestedRecord {
  readonly seal: Buffer;
}

/** No record that stands without a seal is sealed any more. */
export class AdoptionOver extends Error {}

/**
 * Computes seals under the partition's record key, which exists in the token alone. The crypto-worker asks the token; other
 * services ask a worker.
 */
export abstract class RecordAuthority {
  /** @returns the seals in the order of `records`. @throws AnkaError `hsm-unavailable`, `hsm-timeout` */
  abstract seal(records: readonly DigestedRecord[]): Promise<readonly Buffer[]>;
  /**
   * Seals records of one tenant that a release without seals wrote. The worker decides whether it may.
   * @throws AdoptionOver; AnkaError as `seal`, and those of the audit service
   */
  abstract adopt(tenantId: string, records: readonly DigestedRecord[]): Promise<readonly Buffer[]>;
  /** @returns for each record whether its seal is genuine. @throws AnkaError `hsm-unavailable`, `hsm-timeout` */
  abstract check(records: readonly SealedDigest[]): Promise<readonly boolean[]>;
  /** @returns the key, of 32 bytes, under which a process of this service proves its audit events. @throws AnkaError as `seal` */
  abstract outboxKey(process: string): Promise<Buffer>;
}
