import { randomBytes } from 'node:crypto';
import type { AlgorithmName } from '@ankasecure/algorithm';
import type { Deadline } from '../../../deadline/deadline.js';
import type { Custody, GcmSealed, KeyRef, SignatureRequest } from '../../custody.js';
import { signatureVariants } from '../job/job.js';

/** One lane job, for a session that is called directly. */
export interface DirectJob {
  readonly operation: 'sign' | 'wrap-cek' | 'unwrap-cek' | 'seal-gcm' | 'open-gcm';
  readonly variant: number;
  readonly parts: readonly Buffer[];
}

/** The output of another operation that this one needs, such as a ciphertext to open. */
export type Seed = readonly Buffer[];

export interface RawOperation {
  readonly name: string;
  readonly ref: Omit<KeyRef, 'objectId' | 'owner'>;
  /** Runs the operation through the lanes. */
  readonly call: (custody: Custody, budget: Deadline, ref: KeyRef, seed: Seed) => Promise<unknown>;
  /** The same job in the form that a lane receives. @param key its locator */
  readonly job: (key: Buffer, seed: Seed) => DirectJob;
  /** Makes the seed. */
  readonly before?: (key: Buffer) => DirectJob;
}

const digest = randomBytes(32);
const toSign = randomBytes(140);
const message = randomBytes(1024);
const cek = randomBytes(32);
const aad = Buffer.from('eyJhbGciOiJkaXIiLCJlbmMiOiJBMjU2R0NNIiwia2lkIjoiYmVuY2gifQ', 'latin1');

const variantOf = (request: SignatureRequest): number =>
  signatureVariants.findIndex(
    ({ scheme, hash }) => scheme === request.scheme && hash === ('hash' in request ? request.hash : null),
  );

const signing = (
  name: string,
  algorithm: AlgorithmName,
  purpose: 'sign' | 'mac',
  request: SignatureRequest,
  input: Buffer,
): RawOperation => ({
  name,
  ref: { algorithm, purpose, alg: null },
  call: (custody, budget, ref) => custody.sign(budget, ref, request, input),
  job: (id) => ({ operation: 'sign', variant: variantOf(request), parts: [id, input] }),
});

const aes = (alg: 'dir' | 'A256KW'): RawOperation['ref'] => ({ algorithm: 'AES-256', purpose: 'encrypt', alg });
const seal = (id: Buffer): DirectJob => ({ operation: 'seal-gcm', variant: 0, parts: [id, aad, message] });
const wrap = (id: Buffer): DirectJob => ({ operation: 'wrap-cek', variant: 0, parts: [id, cek] });
const sealedOf = ([iv, ciphertext, tag]: Seed): GcmSealed => ({
  iv: iv ?? Buffer.of(),
  ciphertext: ciphertext ?? Buffer.of(),
  tag: tag ?? Buffer.of(),
});

/**
 * The token's part of the requests with the same names. Content has 1 KiB. A MAC covers header and payload of a JWS of 64
 * bytes.
 */
export const rawOperations: readonly RawOperation[] = [
  signing('rsa-2048-sign', 'RSA-2048', 'sign', { scheme: 'rsa-pkcs1', hash: 'sha256' }, digest),
  signing('rsa-pss-sign', 'RSA-2048', 'sign', { scheme: 'rsa-pss', hash: 'sha256' }, digest),
  signing('p256-sign', 'EC-P256', 'sign', { scheme: 'ecdsa' }, digest),
  signing('hmac-sign', 'HMAC-SHA256', 'mac', { scheme: 'hmac', hash: 'sha256' }, toSign),
  {
    name: 'aes-dir-encrypt',
    ref: aes('dir'),
    call: (custody, budget, ref) => custody.sealGcm(budget, ref, aad, message),
    job: seal,
  },
  {
    name: 'aes-dir-decrypt',
    ref: aes('dir'),
    before: seal,
    call: (custody, budget, ref, seed) => custody.openGcm(budget, ref, sealedOf(seed), aad),
    job: (id, [iv, ciphertext, tag]) => ({
      operation: 'open-gcm',
      variant: 0,
      parts: [id, iv ?? aad, ciphertext ?? aad, tag ?? aad, aad],
    }),
  },
  {
    name: 'aes-kw-encrypt',
    ref: aes('A256KW'),
    call: (custody, budget, ref) => custody.wrapCek(budget, ref, cek),
    job: wrap,
  },
  {
    name: 'aes-kw-decrypt',
    ref: aes('A256KW'),
    before: wrap,
    call: (custody, budget, ref, [wrapped = Buffer.of()]) => custody.unwrapCek(budget, ref, wrapped),
    job: (id, [wrapped]) => ({ operation: 'unwrap-cek', variant: 0, parts: [id, wrapped ?? aad] }),
  },
];
