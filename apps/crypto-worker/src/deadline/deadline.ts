/** The budget of a call: custody answers `hsm-timeout` when it is spent. Milliseconds since the epoch. */
export interface Deadline {
  readonly deadline: number;
  /** The tenant the call is for: callers of several tenants take turns. */
  readonly tenantId?: string;
  /** Counts the microseconds that the PKCS#11 calls of this budget took. Calls that fail count nothing. */
  readonly hsm?: { add(micros: number): void };
}
