/** An initialised token in a private directory. */
export interface TestToken {
  /** The name of the token, and of its vendor profile. */
  readonly name: 'softhsm' | 'kryoptic';
  readonly libraryPath: string;
  /** The environment of a process before C_Initialize. */
  readonly env: Readonly<Record<string, string>>;
  readonly tokenLabel: string;
  readonly serial: string;
  readonly pin: string;
  /** Deletes the directory. Call it when no process has the token open. */
  remove(): void;
}
