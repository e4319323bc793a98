import { AnkaError } from '@ankasecure/contracts';
import { type ImportFailureCode, importFailures } from './import-failure.js';

const isCode = (code: string): code is ImportFailureCode => Object.hasOwn(importFailures, code);

/** The true cause of a refused import. Callers never see it. */
export class ImportFailure extends Error {
  override readonly name = 'ImportFailure';
  constructor(readonly code: ImportFailureCode) {
    super(importFailures[code]);
  }
}

/** Every import that is refused after the unwrapping is this error, byte for byte. */
export const importFailed = (code: string): AnkaError =>
  new AnkaError(
    'decryption-failed',
    'The wrapped key is not a key of this algorithm under this wrapping key. GET /wrapping-key names the OAEP hash of each method, and the failureCode of this request’s audit event says why.',
    { cause: new ImportFailure(isCode(code) ? code : 'unwrap') },
  );
