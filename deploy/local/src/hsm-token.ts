/** The software tokens that a stack can run on. */
export type TokenName = 'softhsm' | 'kryoptic';

/** An initialised token in a directory of its own. */
export interface HsmToken {
  /** It is also the name of the worker's vendor profile. */
  readonly name: TokenName;
  readonly libraryPath: string;
  /** The environment that a process needs before C_Initialize. */
  readonly env: Readonly<Record<string, string>>;
  readonly tokenLabel: string;
  readonly tokenSerial: string;
  readonly pin: string;
}

/**
 * Prepares a token in its own directory, with a random PIN and SO PIN beside it.
 * @param initialise false if the token must exist already
 * @throws LocalError if it must exist and does not
 */
export type PrepareToken = (directory: string, tokenLabel: string, initialise: boolean) => Promise<HsmToken>;
