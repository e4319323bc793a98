import type { ImportFailureCode } from '../../import-failure.js';
import { BadData } from './token-session.js';

/** Imported material that is not a key as it should be. */
export class BadMaterial extends BadData {
  readonly code: ImportFailureCode;
  constructor(code: ImportFailureCode, options?: ErrorOptions) {
    super(code, options);
    this.code = code;
  }
}
