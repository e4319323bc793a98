import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { prepareKryopticSync } from '@ankasecure/local';
import type { TestToken } from './test-token.js';

/** Prepares a private kryoptic token. @throws LocalError if its library has not been built */
export const createKryopticToken = (tokenLabel = 'ankasecure-test'): TestToken => {
  const directory = mkdtempSync(join(tmpdir(), 'ankasecure-kryoptic-'));
  const { tokenSerial: serial, ...token } = prepareKryopticSync(directory, tokenLabel, true);
  return { ...token, serial, remove: () => rmSync(directory, { recursive: true, force: true }) };
};
