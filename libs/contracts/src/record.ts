import { z } from 'zod';
import { contract } from './bus.js';
import { base64url, uuid } from './primitive.js';

/** The maximum number of records in one request. */
export const maxRecords = 500;

const bytes32 = base64url(32).length(43);

const named = z.strictObject({
  table: z.string().regex(/^[a-z][a-z0-9_]{0,62}$/),
  /** Null for a record of the platform itself. */
  tenantId: uuid.nullable(),
  /** base64url of the record's `recordDigest`. */
  digest: bytes32,
});

const sealed = z.strictObject({ ...named.shape, seal: bytes32 });

/**
 * The seals of one service's records. A service without a token asks the worker of its tenant's partition. Each service has
 * subjects of its own, and the seal binds the service that the subject names: whoever may ask for one service's seals
 * cannot seal another's records.
 */
const sealsOf = <Name extends 'gateway' | 'policy'>(service: Name) => {
  const fromService = { owner: 'crypto-worker', callers: [service] } as const;
  const subject = `crypto.{partition}.record.${service}`;
  return {
    /** Computes seals under the partition's record key. The reply has the order of the request. */
    seal: contract({
      ...fromService,
      subject: `${subject}.seal`,
      request: z.strictObject({ records: z.array(named).min(1).max(maxRecords) }),
      reply: z.strictObject({ seals: z.array(bytes32) }),
    }),
    /** Tells for each record whether its seal is genuine. */
    check: contract({
      ...fromService,
      subject: `${subject}.check`,
      request: z.strictObject({ records: z.array(sealed).min(1).max(maxRecords) }),
      reply: z.strictObject({ genuine: z.array(z.boolean()) }),
    }),
    /**
     * Computes seals for records of the context's tenant that a release without seals wrote. The worker decides by the marks on
     * its own token, and by what the trail names of the tenant. Null: nothing was sealed, and nothing will be.
     */
    sealOlder: contract({
      ...fromService,
      subject: `${subject}.seal-older`,
      request: z.strictObject({ records: z.array(named).min(1).max(maxRecords) }),
      reply: z.strictObject({ seals: z.array(bytes32).nullable() }),
    }),
    /**
     * Reports that no record is left that stands without a seal and is to be sealed. The token remembers that, so that nobody who
     * owns the databases can begin again. Services of the release before ask with `done` false whether they may.
     */
    adopt: contract({
      ...fromService,
      subject: `${subject}.adopt`,
      request: z.strictObject({ done: z.boolean() }),
      reply: z.strictObject({ open: z.boolean() }),
    }),
  };
};

/** The contracts with which one service asks for its seals. Those of every service are alike. */
export type RecordContracts = ReturnType<typeof sealsOf<'gateway'>>;

export const {
  seal: sealGatewayRecords,
  check: checkGatewayRecords,
  sealOlder: sealOlderGatewayRecords,
  adopt: adoptGatewayRecords,
} = sealsOf('gateway');
export const {
  seal: sealPolicyRecords,
  check: checkPolicyRecords,
  sealOlder: sealOlderPolicyRecords,
  adopt: adoptPolicyRecords,
} = sealsOf('policy');
