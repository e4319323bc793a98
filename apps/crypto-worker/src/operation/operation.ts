import {
  type ContentAlg,
  defaultContentAlg,
  type JweAlg,
  type JwsAlg,
  type KemAlg,
  type Purpose,
} from '@ankasecure/algorithm';
import * as contracts from '@ankasecure/contracts';
import { AnkaError } from '@ankasecure/contracts';
import type { z } from 'zod';
import type { Custody } from '../custody/custody.js';
import type { Deadline } from '../deadline/deadline.js';
import { type JweParts, openJwe, readJwe } from '../envelope/decrypt.js';
import { sealJwe } from '../envelope/encrypt.js';
import { jweAlgOf } from '../envelope/jwe-alg.js';
import { decapsulateRaw, encapsulateRaw, kemAlgOf } from '../kem/raw-kem.js';
import type { Use } from '../key/key-state.js';
import type { Target } from '../key/key-store.js';
import type { KeyVersion } from '../key/key-version.js';
import { jwsAlgOf, verifyAlgOf } from '../signature/jws-alg.js';
import { signItem } from '../signature/sign.js';
import { type JwsParts, readJws, verifyItem } from '../signature/verify.js';
import { meantKey } from './meant-key.js';

/** The algorithms of operations. */
type UsedAlg = JwsAlg | JweAlg | KemAlg;

/** The result of an operation: its own fields of the answer, and the data for its audit event. */
export interface OperationResult {
  readonly alg: UsedAlg;
  /** The content encryption of a JWE. */
  readonly enc?: ContentAlg;
  readonly body: Readonly<Record<string, unknown>>;
  /** More data for the event. */
  readonly details?: Readonly<Record<string, string>>;
  /** Set if the answer is not an error but the audit trail records a failure. */
  readonly failureCode?: string;
}

/** One use of a key by a crypto route: everything that is specific to it. */
export interface Operation<Item, Parsed> {
  readonly name: 'encrypt' | 'decrypt' | 'sign' | 'verify' | 'encapsulate' | 'decapsulate';
  /** The route that uses the key so, if it has another name. The events of the use name it. */
  readonly within?: string;
  readonly item: z.ZodType<Item>;
  readonly use: Use;
  readonly purposes: readonly Purpose[];
  /** Parses the item, once. Bad syntax is refused here, before any key is read. */
  parse(item: Item): Parsed;
  /** The key that the item names. */
  target(item: Item, parsed: Parsed): Target;
  /** Tells whether the caller accepts that the key may be suspended or compromised. */
  acceptsRisk(item: Item): boolean;
  /** The algorithm that the token must support. Null if the token is not called: a public key verifies in the worker. */
  alg(key: KeyVersion, item: Item, parsed: Parsed): UsedAlg | null;
  /** The content encryption of the JWE; undefined where no content is encrypted. */
  enc(item: Item, parsed: Parsed): ContentAlg | undefined;
  /** Tells whether the answer has a data key in plaintext, which the policy decides about. */
  releasesDataKey?(item: Item): boolean;
  run(custody: Custody, budget: Deadline, key: KeyVersion, item: Item, parsed: Parsed): Promise<OperationResult>;
}

const bytes = (text: string, encoding: 'base64url' | 'utf8'): Buffer => Buffer.from(text, encoding);

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/**
 * @throws AnkaError `request-invalid` if `utf8` is requested and the bytes are not well-formed UTF-8. Nothing is replaced or
 * left out.
 */
const textOf = (data: Buffer, encoding: 'base64url' | 'utf8'): string => {
  if (encoding === 'base64url') return data.toString(encoding);
  try {
    return utf8.decode(data);
  } catch {
    throw new AnkaError('request-invalid', 'The plaintext is not UTF-8 text. Use encoding base64url.');
  }
};

interface ToProtect {
  readonly keyId?: string | undefined;
  readonly alias?: string | undefined;
  readonly version?: number | undefined;
}

/** The key to protect with. The schema requires exactly one of id and alias. Of all versions only the current one protects. */
const toProtect = ({ keyId, alias = '', version }: ToProtect): Target => {
  if (keyId !== undefined) return { keyId, version: version ?? null };
  return version === undefined ? { alias } : { alias, of: (named) => ({ keyId: named, version }) };
};

/** What all uses have in common that protect with a key. */
export const protecting = {
  use: 'protect',
  parse: () => undefined,
  target: toProtect,
  acceptsRisk: () => false,
} as const;

export const encrypt: Operation<contracts.EncryptItem, undefined> = {
  name: 'encrypt',
  item: contracts.encryptItem,
  ...protecting,
  purposes: ['encrypt'],
  // This is checked even if the public key suffices: a JWE that this token cannot open must not be made.
  alg: jweAlgOf,
  enc: ({ enc = defaultContentAlg }) => enc,
  async run(custody, budget, key, { plaintext, aad, encoding, enc = defaultContentAlg }) {
    const data = bytes(plaintext, encoding);
    try {
      const extra = aad === undefined ? undefined : bytes(aad, encoding);
      const { jwe, alg } = await sealJwe(custody, budget, key, { plaintext: data, enc, aad: extra });
      return { alg, enc, body: { jwe, enc } };
    } finally {
      data.fill(0);
    }
  },
};

export const decrypt: Operation<contracts.DecryptItem, JweParts> = {
  name: 'decrypt',
  item: contracts.decryptItem,
  use: 'process',
  purposes: ['encrypt'],
  parse: ({ jwe }) => readJwe(jwe),
  target: (item, parts) => meantKey(parts.header.kid, item, 'Send keyId or alias, because the JWE has no kid'),
  acceptsRisk: ({ acceptRisk }) => acceptRisk === true,
  alg: jweAlgOf,
  enc: (_item, { header }) => header.enc,
  async run(custody, budget, key, { aad, encoding }, parts) {
    const extra = aad === undefined ? undefined : bytes(aad, encoding);
    const { plaintext, alg, enc } = await openJwe(custody, budget, key, parts, extra);
    const data = Buffer.from(plaintext.buffer, plaintext.byteOffset, plaintext.byteLength);
    try {
      return { alg, enc, body: { plaintext: textOf(data, encoding), encoding, enc } };
    } finally {
      data.fill(0);
    }
  },
};

export const sign: Operation<contracts.SignItem, undefined> = {
  name: 'sign',
  item: contracts.signItem,
  ...protecting,
  purposes: ['sign', 'mac'],
  alg: (key, item) => jwsAlgOf(key, item.alg),
  enc: () => undefined,
  async run(custody, budget, key, item) {
    const { alg, ...body } = await signItem(custody, budget, key, item);
    return { alg, body };
  },
};

export const verify: Operation<contracts.VerifyItem, JwsParts | undefined> = {
  name: 'verify',
  item: contracts.verifyItem,
  use: 'process',
  purposes: ['sign', 'mac'],
  parse: ({ jws }) => (jws === undefined ? undefined : readJws(jws)),
  target: (item, parts) => meantKey(parts?.kid ?? null, item, 'Send keyId or alias, because the JWS has no kid'),
  acceptsRisk: ({ acceptRisk }) => acceptRisk === true,
  alg: (key, item, parts) => (key.publicKey === null ? verifyAlgOf(key, parts?.alg ?? item.alg) : null),
  enc: () => undefined,
  async run(custody, budget, key, item, parts) {
    const { alg, ...verdict } = await verifyItem(custody, budget, key, item, parts);
    return { alg, body: { ...verdict }, ...(verdict.valid ? {} : { failureCode: 'signature-invalid' }) };
  },
};

/** In the events of both: a secret left the HSM, or was made for the answer. */
const released = { released: 'shared-secret' } as const;

const encapsulate: Operation<contracts.EncapsulateItem, undefined> = {
  name: 'encapsulate',
  item: contracts.encapsulateItem,
  ...protecting,
  purposes: ['encapsulate'],
  // As in `encrypt`.
  alg: kemAlgOf,
  enc: () => undefined,
  async run(_custody, budget, key) {
    return { alg: kemAlgOf(key), body: { ...(await encapsulateRaw(budget, key)) }, details: released };
  },
};

const decapsulate: Operation<contracts.DecapsulateItem, undefined> = {
  name: 'decapsulate',
  item: contracts.decapsulateItem,
  use: 'process',
  purposes: ['encapsulate'],
  parse: () => undefined,
  // The item always names a version: a ciphertext of another one would not be refused.
  target: (item) => meantKey(null, item, 'Send keyId or alias'),
  acceptsRisk: ({ acceptRisk }) => acceptRisk === true,
  alg: kemAlgOf,
  enc: () => undefined,
  async run(custody, budget, key, { ciphertext }) {
    const sharedSecret = await decapsulateRaw(custody, budget, key, ciphertext);
    return { alg: kemAlgOf(key), body: { sharedSecret }, details: released };
  },
};

export const operations = [encrypt, decrypt, sign, verify, encapsulate, decapsulate] as const;
