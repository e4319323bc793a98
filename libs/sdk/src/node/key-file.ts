import { readFile } from 'node:fs/promises';
import type { JWK } from 'jose';
import type { Credential } from '../token/credential.js';
import { privateKeyJwt } from '../token/private-key-jwt.js';

/** A service account's credential in a file, as `ankasecure service-account create --key-out` writes it. */
export interface KeyFile {
  readonly type: 'ankasecure-service-account';
  readonly baseUrl: string;
  readonly clientId: string;
  /** With `kid` and `alg`. */
  readonly privateKey: JWK;
  readonly audience?: string;
}

const isKeyFile = (value: unknown): value is KeyFile =>
  typeof value === 'object' &&
  value !== null &&
  'type' in value &&
  value.type === 'ankasecure-service-account' &&
  'clientId' in value &&
  'privateKey' in value;

/** @throws Error if the file cannot be read, or is not the credential of a service account */
export const readKeyFile = async (path: string): Promise<KeyFile> => {
  const text = await readFile(path, 'utf8');
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    value = undefined;
  }
  if (!isKeyFile(value)) throw new Error(`${path} is not the credential of a service account.`);
  return value;
};

/** Authenticates by the credential in a file. @throws Error as `readKeyFile` */
export const keyFile = async (path: string): Promise<Credential> => {
  const { clientId, privateKey, audience } = await readKeyFile(path);
  return privateKeyJwt({ clientId, key: privateKey, ...(audience !== undefined && { audience }) });
};
