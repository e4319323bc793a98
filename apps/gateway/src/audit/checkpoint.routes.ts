import {
  getCheckpointKeys,
  getLatestCheckpoint,
  getTile,
  listCheckpoints,
  proveConsistency,
  proveInclusion,
} from '@ankasecure/contracts';
import { ids, instants } from '../route/example.js';
import type { Route } from '../route/route.js';

const origin = `hsm.example.com/audit/${ids.tenant}`;
const root = 'CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=';
const leafHash = 'gSKyXoYZUgZ6jduWYrkDOARinOMGJveXjgMkBTcdPlQ=';
const proof = ['B95lDa8R83lS8n0eG+o0buTxRKQTYFi//1U8anccXmA=', 'EKNzoDWG8LGC0Yp9o+sv3qllpMP9uHQ9B20KNL+Q1zs='];
const note = `${origin}\n1204\n${root}\n\n— ${origin} Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=\n`;
const checkpoint = { size: 1204, root, note, signedAt: instants.sealed };

const read = {
  tag: 'Audit',
  roles: ['auditor', 'tenant-admin'],
  method: 'GET',
  status: 200,
  takes: 'parameters',
  withinMs: 15_000,
} as const;

const unproven = ['checkpoint-not-found', 'record-forged'] as const;

/** The tree over the trail, its signed checkpoints and its proofs. */
export const checkpointRoutes: readonly Route[] = [
  {
    ...read,
    path: '/audit/checkpoints',
    operationId: 'listCheckpoints',
    summary: 'List the signed checkpoints of the audit trail',
    description:
      'Newest first. A checkpoint names the number of events and the root of the tree over them (RFC 6962), and is signed in the HSM (C2SP tlog-checkpoint): at least every ten seconds or 1,000 events, while there are new ones. Keep some of them outside of this platform: with them you can prove later that nothing was changed or taken away.',
    contract: listCheckpoints,
    errors: ['cursor-invalid'],
    example: { reply: { items: [checkpoint], next: null } },
  },
  {
    ...read,
    path: '/audit/checkpoints/latest',
    operationId: 'getLatestCheckpoint',
    summary: 'Get the last signed checkpoint of the audit trail',
    contract: getLatestCheckpoint,
    errors: unproven,
    example: { reply: checkpoint },
  },
  {
    ...read,
    path: '/audit/checkpoints/keys',
    operationId: 'getCheckpointKeys',
    summary: 'Get the keys that checkpoints verify under',
    description:
      'The public halves of keys that exist in the HSM only and sign nothing else. Earlier generations stay listed. Whoever verifies checkpoints should get them once, in a way that they trust, and keep them.',
    contract: getCheckpointKeys,
    errors: ['hsm-unavailable'],
    example: {
      reply: {
        origin,
        keys: [
          {
            algorithm: 'Ed25519',
            generation: 1,
            verifierKey: `${origin}+e1258777+AQOhB7/zzhC+HXDdGOdLwJln5NYwm6UNXx3chmQSVTG4`,
            lastSize: 1204,
          },
        ],
      },
    },
  },
  {
    ...read,
    path: '/audit/proofs/inclusion',
    operationId: 'proveInclusion',
    summary: 'Prove that an event is in the audit trail',
    description:
      'The audit path of RFC 6962 from the event to the root of a tree, and the same in C2SP’s form with the signed checkpoint. The answer is verified before it is sent. It stays valid, also when the event is no longer kept.',
    contract: proveInclusion,
    errors: unproven,
    example: {
      reply: {
        seq: 3,
        size: 1204,
        root,
        leafHash,
        proof,
        tlogProof: `c2sp.org/tlog-proof@v1\nindex 2\n${proof.join('\n')}\n\n${note}`,
      },
    },
  },
  {
    ...read,
    path: '/audit/proofs/consistency',
    operationId: 'proveConsistency',
    summary: 'Prove that the audit trail continues an earlier one',
    description:
      'The consistency proof of RFC 6962 between the trees of two sizes: the larger one has all events of the smaller one, unchanged and in their order. Compare `fromRoot` with the checkpoint that you have kept.',
    contract: proveConsistency,
    errors: unproven,
    example: { reply: { from: 900, to: 1204, fromRoot: leafHash, toRoot: root, proof } },
  },
  {
    ...read,
    path: '/audit/tiles/{level}/{index}',
    operationId: 'getTile',
    summary: 'Get hashes of the tree over the audit trail',
    description:
      'A tile of C2SP tlog-tiles (height 8), from which every proof can be computed: level 0 has the hashes of events, each level above the roots of 256 hashes below. Verify the hashes against a signed checkpoint.',
    contract: getTile,
    errors: ['checkpoint-not-found', 'tile-not-found', 'record-forged'],
    example: { reply: { path: 'tile/0/004.p/180', width: 180, hashes: leafHash } },
  },
];
