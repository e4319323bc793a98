import type { Hash } from '@ankasecure/algorithm';
import type { SignatureRequest } from '../../custody.js';

interface Operation<Name extends string = string> {
  readonly name: Name;
  /** Running the operation twice does no harm, so it is repeated after the token has recovered. Other operations travel alone. */
  readonly repeatable: boolean;
  /** The operation changes the token's objects, so a caller that gave up is still told when it has ended. */
  readonly writes: boolean;
}

const repeatable = <Name extends string>(name: Name): Operation<Name> => ({ name, repeatable: true, writes: false });

/** The operations of a lane, numbered by position. */
export const operations = [
  repeatable('sign'),
  repeatable('decrypt-oaep'),
  repeatable('agree'),
  repeatable('wrap-cek'),
  repeatable('unwrap-cek'),
  repeatable('seal-gcm'),
  repeatable('open-gcm'),
  repeatable('decapsulate-cek'),
  repeatable('decapsulate'),
  repeatable('random'),
  { name: 'generate', repeatable: false, writes: true },
  { name: 'destroy', repeatable: true, writes: true },
  repeatable('find-named'),
  // The object it makes is destroyed when it ends, however it ends.
  repeatable('generate-wrapped'),
  repeatable('rewrap'),
  { name: 'import', repeatable: false, writes: true },
  repeatable('inspect'),
  // The MAC of a record's seal: a signature that no caller asked for, and so one with a name of its own.
  repeatable('mac-record'),
  // It looks for what is there first, so that repeating it changes nothing.
  { name: 'anchor', repeatable: true, writes: true },
  repeatable('canary'),
  repeatable('self-test'),
  repeatable('try-key'),
] as const satisfies readonly Operation[];

export type OperationName = (typeof operations)[number]['name'];

const numbers = new Map<OperationName, number>(operations.map(({ name }, index) => [name, index]));

export const operationNumber = (name: OperationName): number => numbers.get(name) ?? -1;

/** Schemes whose request names a hash, and those whose request does not. */
export type HashedScheme = Extract<SignatureRequest, { readonly hash: Hash }>['scheme'];
export type HashlessScheme = Exclude<SignatureRequest['scheme'], HashedScheme>;

type SignatureVariant =
  | { readonly scheme: HashedScheme; readonly hash: Hash }
  | { readonly scheme: HashlessScheme; readonly hash: null };

const hashes = ['sha256', 'sha384', 'sha512'] as const;

/** Signature requests, numbered by position: a job's `variant`. */
export const signatureVariants: readonly SignatureVariant[] = [
  ...hashes.map((hash) => ({ scheme: 'rsa-pkcs1' as const, hash })),
  ...hashes.map((hash) => ({ scheme: 'rsa-pss' as const, hash })),
  ...hashes.map((hash) => ({ scheme: 'hmac' as const, hash })),
  { scheme: 'ecdsa', hash: null },
  { scheme: 'eddsa', hash: null },
  { scheme: 'ml-dsa', hash: null },
  { scheme: 'slh-dsa', hash: null },
];

/** The number of a signature request. @throws Error for a scheme and hash that do not match */
export const signatureVariant = (scheme: SignatureVariant['scheme'], hash: Hash | null): number => {
  const variant = signatureVariants.findIndex((row) => row.scheme === scheme && row.hash === hash);
  if (variant < 0) throw new Error(`no signature of ${scheme} with ${hash ?? 'no hash'}`);
  return variant;
};

/** The status of a finished job. Its `code` is the CKR, or 0. */
export const status = {
  done: 0,
  /** The caller's data is bad. */
  badData: 1,
  /** Like `badData`, and the canary checks the token. */
  badDataCanary: 2,
  keyMissing: 3,
  needsLogin: 4,
  needsReinitialise: 5,
  /** A PIN was refused: stop. */
  stop: 6,
  failed: 7,
  failedCanary: 8,
  /** The job did not run: it was too late, or was taken from the lane. */
  skipped: 9,
  /** A wrapped key does not match its record. */
  blobRefused: 10,
  /** An object of the token does not match its record. */
  objectRefused: 11,
} as const;
