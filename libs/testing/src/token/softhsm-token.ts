import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestToken } from './test-token.js';

export interface SoftHsmToken extends TestToken {
  readonly env: { readonly SOFTHSM2_CONF: string };
  /** Initialises another token beside it, which may shift slot indices. @returns its serial */
  addToken(label: string): string;
}

export const softHsmLibrary = (): string => process.env['PKCS11_LIBRARY_PATH'] ?? '/usr/lib/softhsm/libsofthsm2.so';

/** Prepares a private SoftHSM token. @throws if softhsm2-util is not installed */
export const createSoftHsmToken = (tokenLabel = 'ankasecure-test'): SoftHsmToken => {
  const directory = mkdtempSync(join(tmpdir(), 'ankasecure-softhsm-'));
  chmodSync(directory, 0o700);
  const tokens = join(directory, 'tokens');
  mkdirSync(tokens, { mode: 0o700 });
  const conf = join(directory, 'softhsm2.conf');
  writeFileSync(conf, `directories.tokendir = ${tokens}\nobjectstore.backend = file\nlog.level = ERROR\n`, {
    mode: 0o600,
  });
  const libraryPath = softHsmLibrary();
  const env = { SOFTHSM2_CONF: conf };
  const pin = randomBytes(8).toString('hex');
  const softHsm = (...args: string[]): string =>
    execFileSync('softhsm2-util', ['--module', libraryPath, ...args], {
      env: { ...process.env, ...env },
      encoding: 'utf8',
    });
  const addToken = (label: string): string => {
    softHsm('--init-token', '--free', '--label', label, '--pin', pin, '--so-pin', randomBytes(8).toString('hex'));
    return serialOf(softHsm('--show-slots'), label);
  };
  const serial = addToken(tokenLabel);
  return {
    name: 'softhsm',
    libraryPath,
    env,
    tokenLabel,
    serial,
    pin,
    addToken,
    remove: () => rmSync(directory, { recursive: true, force: true }),
  };
};

/** The serial of the token `label` in the output of `softhsm2-util --show-slots`. */
const serialOf = (listing: string, label: string): string => {
  for (const slot of listing.split(/^Slot /m)) {
    const field = (name: string): string | undefined => new RegExp(`^\\s*${name}:\\s*(.*?)\\s*$`, 'm').exec(slot)?.[1];
    const serial = field('Serial number');
    if (field('Label') === label && serial) return serial;
  }
  throw new Error(`softhsm2-util does not list the token ${label}`);
};
