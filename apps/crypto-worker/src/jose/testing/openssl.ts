import { execFileSync } from 'node:child_process';
import type { KeyObject } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Input files of one `openssl` run, by the names that stand for them in the arguments. */
type Files = Readonly<Record<string, string | Uint8Array>>;

const run = (args: readonly string[], input?: Uint8Array): Buffer =>
  execFileSync('openssl', args, { input, stdio: ['pipe', 'pipe', 'pipe'] });

/** Runs this machine's `openssl`. Every argument that names one of `files` becomes the path of that file. */
export const openssl = (args: readonly string[], files: Files, input?: Uint8Array): Buffer => {
  const directory = mkdtempSync(join(tmpdir(), 'ankasecure-openssl-'));
  try {
    for (const [name, content] of Object.entries(files)) writeFileSync(join(directory, name), content, { mode: 0o600 });
    return run(
      args.map((arg) => (Object.hasOwn(files, arg) ? join(directory, arg) : arg)),
      input,
    );
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
};

/** True if `openssl` accepts; false if it reports "verification failure". */
export const opensslAccepts = (args: readonly string[], files: Files): boolean => {
  try {
    openssl(args, files);
    return true;
  } catch {
    return false;
  }
};

export const privatePem = (key: KeyObject): string => key.export({ format: 'pem', type: 'pkcs8' }).toString();
export const publicPem = (key: KeyObject): string => key.export({ format: 'pem', type: 'spki' }).toString();

/** r‖s of a DER ECDSA-Sig-Value (RFC 3279 §2.2.3), for coordinates of `bytes` bytes. */
export const concatenated = (der: Uint8Array, bytes: number): Buffer => {
  const integers: Buffer[] = [];
  let at = (der[1] as number) > 0x80 ? 3 : 2;
  for (let index = 0; index < 2; index += 1) {
    const length = der[at + 1] as number;
    const content = Buffer.from(der.subarray(at + 2, at + 2 + length))
      .toString('hex')
      .replace(/^(00)+/, '');
    integers.push(Buffer.from(content.padStart(2 * bytes, '0'), 'hex'));
    at += 2 + length;
  }
  return Buffer.concat(integers);
};

const derInteger = (bytes: Uint8Array): Buffer => {
  const hex = Buffer.from(bytes)
    .toString('hex')
    .replace(/^(00)+(?=..)/, '');
  const content = Buffer.from(/^[89a-f]/.test(hex) ? `00${hex}` : hex, 'hex');
  return Buffer.concat([Buffer.of(2, content.length), content]);
};

/** The DER ECDSA-Sig-Value of r‖s. */
export const derOf = (signature: Uint8Array): Buffer => {
  const half = signature.length / 2;
  const body = Buffer.concat([derInteger(signature.subarray(0, half)), derInteger(signature.subarray(half))]);
  const length = body.length < 0x80 ? Buffer.of(body.length) : Buffer.of(0x81, body.length);
  return Buffer.concat([Buffer.of(0x30), length, body]);
};
