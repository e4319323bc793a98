import { z } from 'zod';
import { contract, page } from './bus.js';
import { cursor, inDigits, instant, pageLimit } from './primitive.js';

const hash = z.base64().length(44);

/** The longest checkpoint with its signatures. One of ML-DSA-44 takes 3.3 KB. */
export const maxNote = 16_384;

/** The longest proof between two trees, in hashes. */
const maxProof = 128;

const note = z.string().max(maxNote);

const size = z.number().int().positive();

const aboutKey = {
  algorithm: z.enum(['Ed25519', 'EC-P256', 'ML-DSA-44']),
  generation: z.number().int().positive(),
  verifierKey: z.string().describe('The key in the form of C2SP signed-note (vkey): its name is the origin.'),
};

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
    keys: z.array(z.strictObject(aboutKey)),
  }),
});

const toAudit = { owner: 'audit', callers: ['gateway'] } as const;

export const checkpoint = z
  .strictObject({
    size: z.number().int().positive().describe('The number of events: the last one has this `seq`.'),
    root: hash.describe('The root of the tree over them (RFC 6962), in base64.'),
    note: note.describe('The signed checkpoint (C2SP tlog-checkpoint). Keep it: it proves what the trail was.'),
    signedAt: instant,
  })
  .meta({ id: 'Checkpoint' });
export type ListedCheckpoint = z.infer<typeof checkpoint>;

/** Lists the signed checkpoints of the tenant's trail, newest first. */
export const listCheckpoints = contract({
  ...toAudit,
  subject: 'audit.checkpoint.list',
  request: z.strictObject({ limit: pageLimit, cursor: cursor.optional() }),
  reply: page(checkpoint),
});

export const getLatestCheckpoint = contract({
  ...toAudit,
  subject: 'audit.checkpoint.latest',
  request: z.strictObject({}),
  reply: checkpoint,
});

/** The keys of the tenant's checkpoints, as the HSM has them, with the sizes that each has signed. */
export const getCheckpointKeys = contract({
  ...toAudit,
  subject: 'audit.checkpoint.keys',
  request: z.strictObject({}),
  reply: z
    .strictObject({
      origin: z.string().describe('The name of the tenant’s log: the first line of its checkpoints.'),
      keys: z.array(
        z.strictObject({
          ...aboutKey,
          lastSize: size.nullable().describe('The last checkpoint that it has signed; null for none that is stored.'),
        }),
      ),
    })
    .meta({ id: 'CheckpointKeys' }),
});

const proof = z.array(hash).describe('Hashes in base64, in the order of RFC 6962.');

/** Proves that an event is in a tree. */
export const proveInclusion = contract({
  ...toAudit,
  subject: 'audit.proof.inclusion',
  request: z.strictObject({
    seq: inDigits(size).describe('The event.'),
    size: inDigits(size).optional().describe('The size of the tree. Default: that of the last checkpoint.'),
  }),
  reply: z
    .strictObject({
      seq: size,
      size,
      root: hash,
      leafHash: hash.describe('The hash of the event: `hash` of `GET /audit/events`, in base64.'),
      proof,
      tlogProof: z
        .string()
        .nullable()
        .describe('The proof with its checkpoint (C2SP tlog-proof); null if no checkpoint has this size.'),
    })
    .meta({ id: 'InclusionProof' }),
});

/** Proves that a tree continues a smaller one. */
export const proveConsistency = contract({
  ...toAudit,
  subject: 'audit.proof.consistency',
  request: z.strictObject({
    from: inDigits(size).describe('The size of the smaller tree.'),
    to: inDigits(size).optional().describe('The size of the larger tree. Default: that of the last checkpoint.'),
  }),
  reply: z.strictObject({ from: size, to: size, fromRoot: hash, toRoot: hash, proof }).meta({ id: 'ConsistencyProof' }),
});

/** Returns hashes of the tree. */
export const getTile = contract({
  ...toAudit,
  subject: 'audit.tile',
  request: z.strictObject({
    level: inDigits(z.number().int().min(0).max(6)),
    index: inDigits(z.number().int().nonnegative()),
    width: inDigits(z.number().int().min(1).max(256))
      .optional()
      .describe('The number of hashes. Default: all there are.'),
  }),
  reply: z
    .strictObject({
      path: z.string().describe('The path of the tile in C2SP tlog-tiles.'),
      width: z.number().int().min(1).max(256),
      hashes: z.base64().describe('The hashes, concatenated, in base64.'),
    })
    .meta({ id: 'Tile' }),
});
