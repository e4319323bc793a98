/** What a change made, and what to wait for, once nothing else is held, until it is in force everywhere. */
export interface Changed<Value> {
  readonly value: Value;
  readonly settle: () => Promise<void>;
}
