import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { kryopticLibrary } from '../bootstrap/kryoptic.mjs';
import { LocalError } from './failure.js';
import type { HsmToken, PrepareToken } from './hsm-token.js';
import { keptSecret, privateDirectory, writePrivate } from './secret.js';
import { repository } from './service.js';

const fromSource = import.meta.url.endsWith('.ts');
/** The program that initialises a token. It is the worker's, because only the worker's custody may use PKCS#11. */
const initProgram = join(
  repository,
  'apps/crypto-worker',
  fromSource ? 'src/custody/pkcs11/token/init-token.ts' : 'dist/custody/pkcs11/token/init-token.js',
);

/** @throws LocalError if it has not been built */
export const builtKryoptic = (): string => {
  const path = kryopticLibrary(repository);
  if (existsSync(path)) return path;
  throw new LocalError(`${path} is missing. Build it with: node deploy/hsm/kryoptic/build.mjs`);
};

/**
 * The index that kryoptic does not create: without it, every use of a key of the token slows down with the number of objects
 * (2,000 objects: AES-GCM 0.3k/s instead of 18k/s).
 */
const addIndex = (file: string): void => {
  const database = new DatabaseSync(file);
  database.exec('CREATE INDEX IF NOT EXISTS anka_attr_val ON objects(attr, val)');
  database.close();
};

const initialised = (directory: string, token: Omit<HsmToken, 'tokenSerial'>): string => {
  const { libraryPath, env, tokenLabel: label, pin } = token;
  const before = process.umask(0o077);
  try {
    const serial = execFileSync(process.execPath, [initProgram], {
      env: { ...process.env, ...env },
      input: JSON.stringify({ libraryPath, label, pin, soPin: keptSecret(directory, 'so-pin', 8) }),
      encoding: 'utf8',
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    addIndex(join(directory, 'token.sql'));
    return serial;
  } catch (error) {
    const said = `${(error as { stderr?: string }).stderr ?? ''}`.trim().split('\n').at(-1);
    throw new LocalError(`The kryoptic token cannot be initialised: ${said || String(error)}`, { cause: error });
  } finally {
    process.umask(before);
  }
};

/** As `prepareKryoptic`, at once. Kryoptic tells a token's serial only to those who load its library, so it is kept. */
export const prepareKryopticSync = (directory: string, tokenLabel: string, initialise: boolean): HsmToken => {
  const database = join(privateDirectory(directory), 'token.sql');
  const settings = `[[slots]]\nslot = 1\ndbtype = "sqlite"\ndbargs = ${JSON.stringify(database)}\n`;
  const env = { KRYOPTIC_CONF: writePrivate(join(directory, 'token.conf'), settings) };
  const token = {
    name: 'kryoptic',
    libraryPath: builtKryoptic(),
    env,
    tokenLabel,
    pin: keptSecret(directory, 'pin', 8),
  } as const;
  const serialFile = join(directory, 'serial');
  if (initialise) writePrivate(serialFile, initialised(directory, token));
  if (!existsSync(database) || !existsSync(serialFile))
    throw new LocalError(`The kryoptic token ${tokenLabel} is not in ${directory}`);
  return { ...token, tokenSerial: readFileSync(serialFile, 'utf8') };
};

/** kryoptic: PKCS#11 3.2 with post-quantum algorithms. For development only. */
export const prepareKryoptic: PrepareToken = async (...args) => prepareKryopticSync(...args);
