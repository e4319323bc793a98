import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { commandPath, runCommand } from './command.js';
import { LocalError } from './failure.js';
import type { PrepareToken } from './hsm-token.js';
import { keptSecret, privateDirectory, writePrivate } from './secret.js';

const libraries = [
  '/usr/lib/softhsm/libsofthsm2.so',
  `/usr/lib/${process.arch === 'arm64' ? 'aarch64' : 'x86_64'}-linux-gnu/softhsm/libsofthsm2.so`,
  '/usr/local/lib/softhsm/libsofthsm2.so',
];

const libraryPath = (): string => {
  const found = [process.env['PKCS11_LIBRARY_PATH'] ?? libraries].flat().find((path) => existsSync(path));
  if (found === undefined)
    throw new LocalError('libsofthsm2.so is missing. Install it with: sudo apt-get install -y softhsm2');
  return found;
};

/** Finds the serial of the token `label` in the output of `softhsm2-util --show-slots`. */
export const serialOf = (listing: string, label: string): string | undefined => {
  const field = (slot: string, name: string): string | undefined =>
    new RegExp(`^\\s*${name}:\\s*(.*?)\\s*$`, 'm').exec(slot)?.[1];
  const slot = listing.split(/^Slot /m).find((text) => field(text, 'Label') === label);
  return slot && field(slot, 'Serial number');
};

/**
 * softhsm2-util takes PINs only on its command line, where other users of this machine can see them for an instant, so the
 * token is for development only.
 */
export const prepareSoftHsm: PrepareToken = async (directory, tokenLabel, initialise) => {
  const tokens = privateDirectory(join(directory, 'tokens'));
  const settings = `directories.tokendir = ${tokens}\nobjectstore.backend = file\nlog.level = ERROR\nslots.removable = false\n`;
  const env = { SOFTHSM2_CONF: writePrivate(join(directory, 'softhsm2.conf'), settings) };
  const library = libraryPath();
  const pin = keptSecret(directory, 'pin', 8);
  const util = (...args: string[]): Promise<string> =>
    runCommand(commandPath('softhsm2-util', 'softhsm2'), ['--module', library, ...args], env);
  if (initialise) {
    const pins = ['--pin', pin, '--so-pin', keptSecret(directory, 'so-pin', 8)];
    await util('--init-token', '--free', '--label', tokenLabel, ...pins);
  }
  const tokenSerial = serialOf(await util('--show-slots'), tokenLabel);
  if (tokenSerial === undefined) throw new LocalError(`The SoftHSM token ${tokenLabel} is not in ${tokens}`);
  return { name: 'softhsm', libraryPath: library, env, tokenLabel, tokenSerial, pin };
};
