import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** A certificate and its private key, in PEM. */
export interface TlsIdentity {
  readonly cert: string;
  readonly key: string;
}

export interface IdentityOptions {
  /** A new key, as `openssl req -newkey` takes it, or the PEM of one there is. Default EC P-256. */
  readonly key?: readonly string[] | string;
  /** From now. Default 1. */
  readonly days?: number;
  readonly subject?: string;
  /** A subjectAltName in openssl's notation. */
  readonly names?: string;
  /** Signs it; without one it signs itself. */
  readonly authority?: TlsIdentity;
}

const keyArguments = (key: readonly string[] | string): readonly string[] =>
  typeof key === 'string' ? ['-key', 'key.pem'] : ['-newkey', ...key, '-keyout', 'key.pem'];

/** A certificate as the openssl command makes it, for either side of TLS. */
export const makeIdentity = async ({
  key = ['ec', '-pkeyopt', 'ec_paramgen_curve:P-256'],
  days = 1,
  subject = '/O=Test/CN=client',
  names,
  authority,
}: IdentityOptions = {}): Promise<TlsIdentity> => {
  const directory = await mkdtemp(join(tmpdir(), 'anka-identity-'));
  const file = (name: string): string => join(directory, name);
  try {
    if (typeof key === 'string') await writeFile(file('key.pem'), key);
    if (authority !== undefined) {
      await writeFile(file('ca.pem'), authority.cert);
      await writeFile(file('ca-key.pem'), authority.key);
    }
    const about = ['-x509', '-batch', '-noenc', '-subj', subject, '-days', String(days), '-out', 'cert.pem'];
    const extension = names === undefined ? [] : ['-addext', `subjectAltName=${names}`];
    const signer = authority === undefined ? [] : ['-CA', 'ca.pem', '-CAkey', 'ca-key.pem'];
    await run('openssl', ['req', ...about, ...extension, ...signer, ...keyArguments(key)], { cwd: directory });
    return { cert: await readFile(file('cert.pem'), 'utf8'), key: await readFile(file('key.pem'), 'utf8') };
  } finally {
    await rm(directory, { recursive: true });
  }
};
