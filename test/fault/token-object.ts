import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { HsmToken } from '@ankasecure/local';

export interface TokenObject {
  /** CKA_ID in hex. */
  readonly id: string;
  readonly label: string;
  /** False for an incomplete object of an interrupted creation. */
  readonly holdsKey: boolean;
}

/** The program that lists objects. It is in the worker's custody folder, because only that folder may use PKCS#11. */
const program = fileURLToPath(
  new URL('../../apps/crypto-worker/dist/custody/pkcs11/list-object.fixture.js', import.meta.url),
);

/** Every object in the token, including private ones. */
export const tokenObjects = async ({
  libraryPath,
  tokenSerial,
  pin,
  env,
}: HsmToken): Promise<readonly TokenObject[]> => {
  const child = spawn(process.execPath, [program], {
    env: { ...process.env, ...env },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  child.stdin.end(JSON.stringify({ libraryPath, tokenSerial, pin }));
  let listing = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    listing += text;
  });
  const [code] = (await once(child, 'close')) as [number | null];
  if (code !== 0) throw new Error(`listing the token's objects ended with ${code}`);
  return JSON.parse(listing) as TokenObject[];
};
