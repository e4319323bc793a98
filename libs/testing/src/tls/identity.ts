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
  /** A new key in the syntax of `openssl req -newkey`, or the PEM of an existing key. Default: EC P-256. */
  readonly key?: readonly string[] | string;
  /** The validity from now. Default: 1. */
  readonly days?: number;
  readonly subject?: string;
  /** In openssl's syntax of a subjectAltName. */
  readonly names?: string;
  /** The issuer. Without one, the certificate is self-signed. */
  readonly authority?: TlsIdentity;
}

const keyArguments = (key: readonly string[] | string): readonly string[] =>
  typeof key === 'string' ? ['-key', 'key.pem'] : ['-newkey', ...key, '-keyout', 'key.pem'];

/** Creates a certificate with the openssl command, for either side of TLS. */
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
