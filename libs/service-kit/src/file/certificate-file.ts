import { createPrivateKey, X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createSecureContext } from 'node:tls';
import type { FileValue, WatchedFiles } from './watched-files.js';

const block = /-----BEGIN CERTIFICATE-----[\s\S]+?-----END CERTIFICATE-----/g;

/** @throws Error if the text has no certificate, or one that cannot be read */
const certificatesIn = (pem: string): readonly X509Certificate[] => {
  const blocks = pem.match(block) ?? [];
  if (blocks.length === 0) throw new Error('there is no PEM certificate in it');
  return blocks.map((one) => {
    try {
      return new X509Certificate(one);
    } catch {
      throw new Error('a certificate in it cannot be read');
    }
  });
};

const firstEnd = (certificates: readonly X509Certificate[]): number =>
  Math.min(...certificates.map(({ validToDate }) => validToDate.getTime()));

/** Certificate authorities. `ca` is always the last good contents of their file, so it is read at each connection. */
export interface Authority {
  readonly ca: string;
}

/** The authorities of a file as it is now. */
export const authorityIn = (file: string): Authority => ({ ca: readFileSync(file, 'utf8') });

const readAuthority = ([pem]: readonly Buffer[]): FileValue<string> => {
  const text = String(pem);
  return { value: text, expiresAt: firstEnd(certificatesIn(text)) };
};

/** @throws StartFailure if the file holds no certificates */
export const watchAuthority = (files: WatchedFiles, name: string): Authority => {
  const watched = files.watch([name], readAuthority);
  return {
    get ca() {
      return watched.current;
    },
  };
};

/** A server's certificate with its chain, and its private key. */
export interface KeyPair {
  readonly cert: Buffer;
  readonly key: Buffer;
}

/** A context of TLS takes a certificate and a key of different types as two halves of two pairs, so the keys are compared. */
const isPair = ([own]: readonly X509Certificate[], { cert, key }: KeyPair): boolean => {
  try {
    createSecureContext({ cert, key });
    return own?.checkPrivateKey(createPrivateKey(key)) === true;
  } catch {
    return false;
  }
};

const readKeyPair = ([cert = Buffer.alloc(0), key = Buffer.alloc(0)]: readonly Buffer[]): FileValue<KeyPair> => {
  const certificates = certificatesIn(cert.toString());
  if (!isPair(certificates, { cert, key }))
    throw new Error('the private key cannot be read, or is not that of the first certificate');
  return { value: { cert, key }, expiresAt: firstEnd(certificates) };
};

/** @param changed gets each later pair. @throws StartFailure if the files hold no certificate with its key */
export const watchKeyPair = (
  files: WatchedFiles,
  { certFile, keyFile }: { readonly certFile: string; readonly keyFile: string },
  changed: (pair: KeyPair) => void,
): KeyPair => files.watch([certFile, keyFile], readKeyPair, changed).current;
