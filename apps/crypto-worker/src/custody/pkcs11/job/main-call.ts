import type { MechanismName } from '../cryptoki/mechanism.js';
import type { Reply } from './frame.js';
import { type HashedScheme, type HashlessScheme, type OperationName, signatureVariants } from './job.js';

/** The PKCS#11 function that a job is about. A job also calls others, to find its key or to begin. */
export interface MainCall {
  readonly operation: OperationName;
  readonly name: string;
  /** Absent where the token's profile chooses it. */
  readonly mechanism?: MechanismName;
}

/** The function, and its mechanism where all tokens use the same. */
type Row = readonly [name: string, mechanism?: MechanismName];

const rows: Readonly<Record<OperationName, Row>> = {
  sign: ['C_Sign'],
  'decrypt-oaep': ['C_Decrypt'],
  agree: ['C_DeriveKey', 'ECDH1_DERIVE'],
  'wrap-cek': ['C_WrapKey'],
  'unwrap-cek': ['C_UnwrapKey'],
  'seal-gcm': ['C_Encrypt'],
  'open-gcm': ['C_Decrypt'],
  'decapsulate-cek': ['C_DecapsulateKey', 'ML_KEM'],
  decapsulate: ['C_DecapsulateKey', 'ML_KEM'],
  random: ['C_GenerateRandom'],
  generate: ['C_GenerateKey'],
  destroy: ['C_DestroyObject'],
  'find-named': ['C_FindObjects'],
  'generate-wrapped': ['C_GenerateKey'],
  rewrap: ['C_WrapKey'],
  import: ['C_UnwrapKey'],
  inspect: ['C_FindObjects'],
  'mac-record': ['C_Sign'],
  anchor: ['C_CreateObject'],
  canary: ['C_GetTokenInfo'],
  'self-test': ['C_Sign'],
  'try-key': ['C_Sign'],
};

/** The number of parts in the reply to a job that made a secret key. A pair's has one more: its public half. */
const partsOfSecret: Partial<Record<OperationName, number>> = { generate: 0, 'generate-wrapped': 2 };

const signing: Readonly<Record<HashedScheme | HashlessScheme, (hash: string) => MechanismName>> = {
  'rsa-pkcs1': () => 'RSA_PKCS',
  'rsa-pss': () => 'RSA_PKCS_PSS',
  hmac: (hash) => `${hash.toUpperCase()}_HMAC` as MechanismName,
  ecdsa: () => 'ECDSA',
  eddsa: () => 'EDDSA',
  'ml-dsa': () => 'ML_DSA',
  'slh-dsa': () => 'SLH_DSA',
};

const signs = new Set<OperationName>(['sign', 'mac-record']);

/** @param reply of the job, if it had one */
export const mainCallOf = (operation: OperationName, variant: number, reply?: Pick<Reply, 'parts'>): MainCall => {
  const [single, fixed] = rows[operation];
  const secretParts = partsOfSecret[operation];
  const isPair = secretParts !== undefined && reply !== undefined && reply.parts.length > secretParts;
  const signature = signs.has(operation) ? signatureVariants[variant] : undefined;
  const mechanism = signature === undefined ? fixed : signing[signature.scheme](signature.hash ?? '');
  return {
    operation,
    name: isPair ? 'C_GenerateKeyPair' : single,
    ...(mechanism !== undefined && { mechanism }),
  };
};
