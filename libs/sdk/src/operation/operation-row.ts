/** One operation of the API, as the client calls it. */
export interface OperationRow {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Below `/api/v1`. */
  readonly path: string;
  /** What a second run does, if the first one was carried out. */
  readonly repetition: 'harmless' | 'keyed' | 'once';
  /** Whether it takes an Idempotency-Key. */
  readonly keyed: boolean;
  readonly dryRun: boolean;
  /** Whether it needs no token. */
  readonly public: boolean;
  readonly summary: string;
}
