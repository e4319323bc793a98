import { type MessagePort, parentPort } from 'node:worker_threads';
import { monotonicNow } from '@ankasecure/contracts/monotonic';
import { p256, p384, p521 } from '@noble/curves/nist.js';

/** By the curve's name in OpenSSL. */
const curves = { prime256v1: p256, secp384r1: p384, secp521r1: p521 } as const;
export type CurveName = keyof typeof curves;

export interface EcdsaJob {
  readonly id: number;
  readonly curve: CurveName;
  /** Uncompressed: 04‖x‖y. */
  readonly point: Uint8Array;
  readonly digest: Uint8Array;
  /** r‖s. */
  readonly signature: Uint8Array;
  /** A moment of `monotonicNow`. A job whose turn comes later is not started. */
  readonly deadline: number;
}

export interface EcdsaVerdict {
  readonly id: number;
  readonly verdict: 'valid' | 'invalid' | 'late';
}

const judge = ({ curve: name, point, digest, signature, deadline }: EcdsaJob): EcdsaVerdict['verdict'] => {
  if (deadline <= monotonicNow()) return 'late';
  const curve = curves[name];
  if (signature.length !== curve.lengths.signature) return 'invalid';
  try {
    const valid = curve.verify(signature, digest, point, { prehash: false, lowS: false, format: 'compact' });
    return valid ? 'valid' : 'invalid';
  } catch {
    return 'invalid';
  }
};

const serve = (port: MessagePort): void => {
  port.on('message', (job: EcdsaJob) => {
    const answer: EcdsaVerdict = { id: job.id, verdict: judge(job) };
    port.postMessage(answer);
  });
};

if (!parentPort) throw new Error('ECDSA over digests is verified in a worker thread');
serve(parentPort);
