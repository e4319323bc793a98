import { type Alg, type AlgorithmName, algorithmKinds, algorithmNames, algorithmOf } from '@ankasecure/algorithm';
import { partitionOn, type TestToken, type TokenLimits } from '@ankasecure/testing';
import { cka } from '../pkcs11/cryptoki/attribute.js';
import { ckm, type MechanismName } from '../pkcs11/cryptoki/mechanism.js';
import type { Profile, ProfileName } from '../pkcs11/profile/profile.js';
import { notOffered, notWrapped } from './token-limit.js';

/** As `TokenLimits`, by the names of the standard. */
interface NamedLimits extends Omit<TokenLimits, 'mechanisms' | 'hidden' | 'unknown'> {
  /** The vendor's numbers of mechanisms. */
  readonly mechanisms?: readonly (readonly [vendor: number, standard: MechanismName])[];
  readonly hidden?: readonly MechanismName[];
  readonly unknown?: readonly (keyof typeof cka)[];
}

interface Limit {
  readonly limits: NamedLimits;
  /** The text that says so. `assumed` if none does: then the profile assumes it too, and the stricter is tried. */
  readonly source: string;
}

interface Vendor {
  readonly limits: readonly Limit[];
  /** The algorithms that such a token does not do through this driver. */
  readonly lacks: readonly Alg[];
  /** Calls besides keys of callers that are refused before they reach the HSM. */
  readonly refuses?: readonly ('anchor' | 'platform')[];
}

const every: readonly Alg[] = algorithmNames.flatMap((name) =>
  Object.values(algorithmOf(name).purposes).flatMap((algs) => algs as readonly Alg[]),
);
const mlKem: readonly Alg[] = [...algorithmKinds['ml-kem'].encrypt, ...algorithmKinds['ml-kem'].encapsulate];
const postQuantum: readonly Alg[] = [...mlKem, ...algorithmKinds['ml-dsa'].sign, ...algorithmKinds['slh-dsa'].sign];
const edwards: readonly Alg[] = algorithmKinds.ed.sign;

const postQuantumMechanisms = [
  'ML_KEM_KEY_PAIR_GEN',
  'ML_KEM',
  'ML_DSA_KEY_PAIR_GEN',
  'ML_DSA',
  'SLH_DSA_KEY_PAIR_GEN',
  'SLH_DSA',
] as const satisfies readonly MechanismName[];

/** How a token calls itself, by the hints of its profile. */
const named = (manufacturer: string, model: string): Limit => ({
  limits: { manufacturer, model },
  source: 'assumed',
});

const luna: Vendor = {
  limits: [
    named('SafeNet', 'LunaSA 7'),
    { limits: { gcmIv: 'appended' }, source: 'Thales, CKM_AES_GCM, in FIPS configuration' },
    {
      limits: {
        mechanisms: [
          [0x80000170, 'AES_KEY_WRAP'],
          [0x80000171, 'AES_KEY_WRAP_KWP'],
        ],
      },
      source: 'Thales, cryptoki_v2.h',
    },
    {
      limits: { wrapNeedsLength: true },
      source: 'Thales, CKM_AES_KW with and without VALUE_LEN, before firmware 7.9.3',
    },
    { limits: { unknown: ['COPYABLE', 'ALLOWED_MECHANISMS', 'UNWRAP_TEMPLATE'] }, source: 'assumed' },
  ],
  // The IV has 16 bytes, and a JWE's 12.
  lacks: ['dir'],
};

/** Every other function of v2.40 that the user guide marks as missing is one that nobody calls. */
const missingAtGoogle = [
  'C_WaitForSlotEvent',
  'C_InitToken',
  'C_InitPIN',
  'C_SetPIN',
  'C_CreateObject',
  'C_CopyObject',
  'C_GetObjectSize',
  'C_SetAttributeValue',
  'C_DigestInit',
  'C_Digest',
  'C_WrapKey',
  'C_UnwrapKey',
  'C_DeriveKey',
  'C_SeedRandom',
];

/**
 * The settings with which the shim behaves as each vendor's HSM. The vendors' own texts are the sources: nothing here was seen on the
 * hardware. Tokens that tests run on as they are have no row.
 */
export const vendors: Readonly<Record<Exclude<ProfileName, 'softhsm' | 'kryoptic'>, Vendor>> = {
  luna,
  cloudhsm: {
    limits: [
      named('Marvell Semiconductors, Inc.', ''),
      {
        limits: { missing: ['C_SetAttributeValue', 'C_CopyObject', 'C_WaitForSlotEvent'] },
        source: 'AWS, PKCS#11 API operations',
      },
      { limits: { userPin: true }, source: 'AWS, PKCS#11 PIN' },
      { limits: { rwOnly: true, loginOnce: true }, source: 'AWS, known issues of PKCS#11' },
      { limits: { gcmIv: 'written-back', gcmMax: 16_224, signMax: 16_224 }, source: 'AWS, PKCS#11 mechanisms' },
      {
        limits: {
          mechanisms: [
            [0x80002109, 'AES_KEY_WRAP'],
            [0x8000216f, 'AES_KEY_WRAP_KWP'],
          ],
          hidden: ['EC_EDWARDS_KEY_PAIR_GEN', 'EDDSA', ...postQuantumMechanisms],
          noPlainEcdh: true,
          v2Only: true,
        },
        source: 'AWS, PKCS#11 mechanisms',
      },
      { limits: { noData: true }, source: 'AWS, PKCS#11 key attributes: keys and certificates only' },
      { limits: { objects: 3_300 }, source: 'AWS, quotas' },
      { limits: { unknown: ['COPYABLE', 'ALLOWED_MECHANISMS'] }, source: 'AWS, PKCS#11 key attributes' },
    ],
    lacks: ['ECDH-ES+A256KW', ...edwards, ...postQuantum],
    refuses: ['anchor'],
  },
  google: {
    limits: [
      named('Google', 'Cloud KMS Token'),
      { limits: { missing: missingAtGoogle, v2Only: true, noData: true }, source: 'Google, libkmsp11 user guide' },
      { limits: { ownTemplates: true, ownObjects: true }, source: 'Google, libkmsp11 user guide' },
      {
        limits: {
          mechanisms: [[0x8001e101, 'AES_GCM']],
          hidden: [
            'RSA_X_509',
            'ECDH1_DERIVE',
            'EC_EDWARDS_KEY_PAIR_GEN',
            'EDDSA',
            'AES_KEY_WRAP',
            'AES_KEY_WRAP_KWP',
            'AES_ECB',
            ...postQuantumMechanisms,
          ],
        },
        source: 'Google, libkmsp11 user guide',
      },
      { limits: { gcmIv: 'written-back', gcmMax: 8_192 }, source: 'Google, Cloud KMS RawEncrypt' },
    ],
    lacks: every,
    refuses: ['anchor', 'platform'],
  },
  nshield: {
    limits: [
      named('nCipher Corp. Ltd', ''),
      { limits: { ownObjects: true }, source: 'Entrust, CKNFAST_ASSUME_SINGLE_PROCESS, if it is not set to 0' },
      { limits: { unknown: ['COPYABLE'] }, source: 'assumed' },
    ],
    lacks: [],
  },
  'azure-dedicated': luna,
  'azure-cloud': {
    limits: [
      named('Marvell Semiconductors, Inc.', ''),
      { limits: { creationMicros: 1_000_000, objects: 3_200 }, source: 'Microsoft, Service limits' },
      { limits: { loginOnce: true, userPin: true }, source: 'Microsoft, Authentication: once per slot' },
      { limits: { hidden: postQuantumMechanisms }, source: 'Microsoft, Supported algorithms' },
      {
        limits: { gcmIv: 'written-back', gcmMax: 16_384, v2Only: true, unknown: ['COPYABLE', 'ALLOWED_MECHANISMS'] },
        source: 'assumed',
      },
    ],
    lacks: postQuantum,
  },
  generic: {
    limits: [
      named('Somebody', 'Something'),
      {
        limits: { v2Only: true, gcmMax: 16_384, unknown: ['COPYABLE', 'ALLOWED_MECHANISMS', 'UNWRAP_TEMPLATE'] },
        source: 'assumed',
      },
    ],
    // The functions of key encapsulation are not in the list of v2.40.
    lacks: mlKem,
  },
};

export type VendorName = keyof typeof vendors;
export const vendorNames = Object.keys(vendors) as readonly VendorName[];

/** AES key wrap with padding has one of two numbers. A vendor's own replaces both. */
const keyWrapWithPadding = { softhsm: ckm.AES_KEY_WRAP_PAD, kryoptic: ckm.AES_KEY_WRAP_KWP } as const;
const bothKeyWraps = [ckm.AES_KEY_WRAP_PAD, ckm.AES_KEY_WRAP_KWP];

const numberOf = (mechanism: MechanismName, behind: TestToken['name']): number =>
  mechanism === 'AES_KEY_WRAP_KWP' ? keyWrapWithPadding[behind] : ckm[mechanism];

const numbered = (limits: NamedLimits, behind: TestToken['name']): TokenLimits => {
  const { mechanisms = [], hidden = [], unknown = [], ...others } = limits;
  const named = [...mechanisms.map(([, standard]) => standard), ...hidden];
  const other = named.includes('AES_KEY_WRAP_KWP')
    ? bothKeyWraps.filter((number) => number !== keyWrapWithPadding[behind])
    : [];
  return {
    ...others,
    mechanisms: mechanisms.map(([vendor, standard]) => [vendor, numberOf(standard, behind)] as const),
    hidden: [...hidden.map((name) => numberOf(name, behind)), ...other],
    unknown: unknown.map((name) => cka[name]),
  };
};

/** The settings of the shim for a vendor's HSM. @param behind the token behind the shim */
export const limitsOfVendor = (vendor: VendorName, behind: TestToken['name']): TokenLimits =>
  numbered(Object.assign({}, ...vendors[vendor].limits.map(({ limits }) => limits)) as NamedLimits, behind);

/** What the token behind the shim lacks, although the profile says that the vendor has it. */
const lackedBehind = ({ oaep, importHash }: Profile, behind: TestToken['name']): readonly Alg[] => [
  ...notOffered[behind],
  ...(behind === 'softhsm' && oaep === 'token' ? (['RSA-OAEP-256'] as const) : []),
  ...(behind === 'softhsm' && importHash === 'SHA-256' ? (['AES-KWP'] as const) : []),
];

/** The algorithms that must be refused: as objects of the token, and as keys that a KEK wraps. */
export const lacksOf = (vendor: VendorName, profile: Profile, behind: TestToken['name']) => {
  const token = [...new Set([...vendors[vendor].lacks, ...lackedBehind(profile, behind)])];
  return { token, wrapped: [...new Set([...token, ...notWrapped[behind]])] };
};

/** The `hsm.pkcs11` configuration of a partition whose HSM behaves as the vendor's. @param libraryPath of the shim */
export const partitionAs = (vendor: VendorName, token: TestToken, libraryPath: string) => {
  const partition = { ...partitionOn(token), libraryPath, profile: vendor, sessionTimeoutSeconds: 60 };
  return limitsOfVendor(vendor, token.name).userPin ? { ...partition, pin: `cu1:${token.pin}` } : partition;
};

/** One or two algorithms of each kind, which the short form tries. */
export const fewAlgorithms: readonly AlgorithmName[] = [
  'RSA-2048',
  'EC-P256',
  'EC-P384',
  'Ed25519',
  'AES-128',
  'AES-256',
  'HMAC-SHA256',
  'ML-DSA-44',
  'ML-KEM-768',
  'SLH-DSA-SHA2-128f',
];

/** Whether every algorithm is tried on every vendor's HSM: `npm run test:vendors`. CI tries few, and makes keys faster. */
export const triesAll = process.env['ANKASECURE_VENDORS'] === 'whole';

/** As `limitsOfVendor`; the short form waits a fiftieth of the time between two keys. */
export const triedLimits = (...of: Parameters<typeof limitsOfVendor>): TokenLimits => {
  const { creationMicros, ...others } = limitsOfVendor(...of);
  if (creationMicros === undefined) return others;
  return { ...others, creationMicros: triesAll ? creationMicros : creationMicros / 50 };
};
