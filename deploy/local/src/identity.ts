import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { calculateJwkThumbprint, exportJWK, generateKeyPair, importJWK, type JWK, SignJWT } from 'jose';
import { LocalError } from './failure.js';
import { privateDirectory, writePrivate } from './secret.js';

export const issuer = 'https://issuer.ankasecure.localhost';
export const audience = 'ankasecure';

export const roles = ['platform-admin', 'tenant-admin', 'application-admin', 'user', 'auditor'] as const;
export type Role = (typeof roles)[number];

export interface TokenClaims {
  readonly tenantId: string;
  readonly subject: string;
  readonly roles: readonly Role[];
  /** Default: one week. A negative value makes an expired token. */
  readonly lifetimeSeconds?: number;
  /** Additional or replacing claims, for tests of bad tokens. */
  readonly extra?: Readonly<Record<string, unknown>>;
}

/** A development issuer with one ES256 key, stored in its directory. */
export interface Issuer {
  readonly jwksFile: string;
  mint(claims: TokenClaims): Promise<string>;
}

const week = 7 * 24 * 3600;

const makeKey = async (): Promise<JWK> => {
  const { privateKey } = await generateKeyPair('ES256', { extractable: true });
  const jwk = await exportJWK(privateKey);
  return { ...jwk, kid: await calculateJwkThumbprint(jwk), alg: 'ES256', use: 'sig' };
};

/** @throws LocalError that names the file without quoting its contents */
const readKey = (file: string): JWK & { kid: string } => {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as JWK & { kid: string };
  } catch {
    throw new LocalError(
      `The development issuer's key ${file} cannot be read. Restore it, or start again with --fresh.`,
    );
  }
};

export const openIssuer = async (directory: string): Promise<Issuer> => {
  const keyFile = join(privateDirectory(directory), 'issuer-key.json');
  if (!existsSync(keyFile)) writePrivate(keyFile, JSON.stringify(await makeKey()));
  const jwk = readKey(keyFile);
  const { d: _, ...publicJwk } = jwk;
  const jwksFile = writePrivate(join(directory, 'jwks.json'), JSON.stringify({ keys: [publicJwk] }));
  const key = await importJWK(jwk, 'ES256');
  const mint = ({ tenantId, subject, roles, lifetimeSeconds = week, extra }: TokenClaims): Promise<string> => {
    const now = Math.floor(Date.now() / 1000);
    const times = { iat: now, nbf: now, exp: now + lifetimeSeconds };
    const claims = { iss: issuer, aud: audience, sub: subject, tenant: tenantId, roles, ...times, ...extra };
    return new SignJWT(claims).setProtectedHeader({ alg: 'ES256', typ: 'JWT', kid: jwk.kid }).sign(key);
  };
  return { jwksFile, mint };
};
