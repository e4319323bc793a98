import { type OperationName, operations } from '../job/job.js';
import type { TokenSession } from '../session/token-session.js';
import { agree } from '../use/agree.js';
import { decapsulate } from '../use/decapsulate.js';
import { decapsulateCek } from '../use/decapsulate-cek.js';
import { decryptOaep } from '../use/decrypt-oaep.js';
import { openGcm, sealGcm } from '../use/gcm.js';
import { random } from '../use/random.js';
import { sign } from '../use/sign.js';
import { unwrapCek, wrapCek } from '../use/wrap-cek.js';
import { anchor } from './anchor.js';
import { canary } from './canary.js';
import { destroy } from './destroy.js';
import { findNamed } from './find-named.js';
import { generate } from './generate.js';
import { importKey } from './import-key.js';
import { inspect } from './inspect.js';
import { selfTest, tryKey } from './self-test.js';
import { generateWrapped, rewrap } from './wrap-key.js';

/**
 * Runs inside a lane. Parts of the request are views that end with the batch. Parts of the result are filled with zeros
 * after they are packed.
 */
export type Handler = (session: TokenSession, variant: number, parts: readonly Buffer[]) => readonly Buffer[];

const table: Record<OperationName, Handler> = {
  sign,
  'decrypt-oaep': decryptOaep,
  agree,
  'wrap-cek': wrapCek,
  'unwrap-cek': unwrapCek,
  'seal-gcm': sealGcm,
  'open-gcm': openGcm,
  'decapsulate-cek': decapsulateCek,
  decapsulate,
  random,
  generate,
  destroy,
  'find-named': findNamed,
  'generate-wrapped': generateWrapped,
  rewrap,
  import: importKey,
  inspect,
  'mac-record': sign,
  anchor,
  canary,
  'self-test': selfTest,
  'try-key': tryKey,
};

/** By operation number. */
export const handlers: readonly Handler[] = operations.map(({ name }) => table[name]);
