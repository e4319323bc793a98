import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { SoftHsm } from '@ankasecure/local';

export interface TokenObject {
  /** CKA_ID, hex. */
  readonly id: string;
  readonly label: string;
  /** False for the stump of an object whose making was cut short. */
  readonly holdsKey: boolean;
}

/** PKCS#11 is spoken in the worker's custody folder alone, so the listing is a program there. */
const program = fileURLToPath(
  new URL('../../apps/crypto-worker/dist/custody/pkcs11/list-object.fixture.js', import.meta.url),
);

/** Every object in the token, private ones too. */
export const tokenObjects = async ({
  libraryPath,
  tokenSerial,
  pin,
  env,
}: SoftHsm): Promise<readonly TokenObject[]> => {
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
