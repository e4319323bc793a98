/** A call's budget: custody answers `hsm-timeout` when it is spent. Milliseconds since the epoch. */
export interface Deadline {
  readonly deadline: number;
  /** For whom: callers of several tenants take turns. */
  readonly tenantId?: string;
}
