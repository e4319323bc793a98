import { z } from 'zod';
import { contract } from './bus.js';

const hash = z.base64().length(44);

/** The longest checkpoint with its signatures. One of ML-DSA-44 takes 3.3 KB. */
export const maxNote = 16_384;

/** The longest proof between two trees, in hashes. */
const maxProof = 128;

const note = z.string().max(maxNote);

/**
 * Signs the head of the tenant's tree in the HSM, under the tenant's checkpoint keys, which are created if they do not exist. The worker
 * composes what it signs: the caller names size and root and nothing else. It signs only what continues the signed checkpoint that
 * comes with the request.
 */
export const signCheckpoint = contract({
  owner: 'crypto-worker',
  callers: ['audit'],
  subject: 'crypto.{partition}.audit.checkpoint',
  request: z.strictObject({
    size: z.number().int().positive(),
    /** base64, as in the checkpoint. */
    root: hash,
    /** The last signed checkpoint, and the consistency proof (RFC 6962) from it to this tree. Null for a first checkpoint. */
    before: z.strictObject({ note, proof: z.array(hash).max(maxProof) }).nullable(),
  }),
  reply: z.strictObject({ note }),
});

/** Lists the verifier keys (C2SP signed-note) of the tenant's checkpoints, those of earlier generations too. Creates nothing. */
export const listCheckpointKeys = contract({
  owner: 'crypto-worker',
  callers: ['audit'],
  subject: 'crypto.{partition}.audit.checkpoint.keys',
  request: z.strictObject({}),
  reply: z.strictObject({
    /** The name of the tenant's log: the first line of its checkpoints. */
    origin: z.string(),
    keys: z.array(
      z.strictObject({
        algorithm: z.enum(['Ed25519', 'EC-P256', 'ML-DSA-44']),
        generation: z.number().int().positive(),
        verifierKey: z.string(),
      }),
    ),
  }),
});
