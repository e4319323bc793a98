/** The time limit of a call, as a moment of `monotonicNow`. After it custody answers `hsm-timeout`. */
export interface Deadline {
  readonly deadline: number;
  /** The tenant of the call. Callers of several tenants take turns. */
  readonly tenantId?: string;
  /** The request that the call serves, for the log. */
  readonly correlationId?: string;
  /** Counts the microseconds of this call's PKCS#11 calls. Failed calls are not counted. */
  readonly hsm?: { add(micros: number): void };
}
