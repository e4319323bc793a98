import { defaultContentAlg } from '@ankasecure/algorithm';
import { AnkaError, isShallowJwk, type UnwrapItem, unwrapItem, type WrapItem, wrapItem } from '@ankasecure/contracts';
import { type JweParts, openJwe, readJwe } from '../envelope/decrypt.js';
import { sealJwe } from '../envelope/encrypt.js';
import { jweAlgOf } from '../envelope/jwe-alg.js';
import { meantKey } from '../operation/meant-key.js';
import { type Operation, protecting } from '../operation/operation.js';

/** RFC 7517 §7. */
export const wrappedJwk = 'jwk+json';

/** Whether a cty is that of a JWK: a media type in any case, whose `application/` can be left out (RFC 7516 §4.1.12). */
export const isWrappedJwk = (cty: string | null): boolean => /^(?:application\/)?jwk\+json$/i.test(cty ?? '');

/** Encrypts a JWK of the caller's own to a key. */
export const wrap: Operation<WrapItem, undefined> = {
  ...protecting,
  name: 'encrypt',
  within: 'wrap',
  item: wrapItem,
  purposes: ['encrypt'],
  alg: jweAlgOf,
  enc: ({ enc = defaultContentAlg }) => enc,
  async run(custody, budget, key, { jwk, enc = defaultContentAlg }) {
    const plaintext = Buffer.from(JSON.stringify(jwk), 'utf8');
    try {
      const { jwe, alg } = await sealJwe(custody, budget, key, { plaintext, enc, cty: wrappedJwk });
      return { alg, enc, body: { jwe, enc } };
    } finally {
      plaintext.fill(0);
    }
  },
};

/** The JWE of an item. What is no wrapped JWK, /decrypt tells. */
const readWrapped = (jwe: string): JweParts => {
  const parts = readJwe(jwe);
  if (isWrappedJwk(parts.header.cty)) return parts;
  throw new AnkaError('jwe-invalid', `The header member cty must be ${wrappedJwk}. For other content, use /decrypt.`);
};

/** @throws AnkaError `request-invalid` for content that is not a JWK, which whoever encrypted it must correct */
const jwkOf = (plaintext: Uint8Array): object => {
  const notJwk = new AnkaError('request-invalid', 'The content is not a JWK in JSON.');
  try {
    const jwk: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(plaintext));
    if (typeof jwk === 'object' && jwk !== null && 'kty' in jwk && typeof jwk.kty === 'string' && isShallowJwk(jwk))
      return jwk;
  } catch {
    // The cause would quote the content.
    throw notJwk;
  }
  throw notJwk;
};

/** Decrypts a JWK that somebody has encrypted to a key. */
export const unwrap: Operation<UnwrapItem, JweParts> = {
  name: 'decrypt',
  within: 'unwrap',
  item: unwrapItem,
  use: 'process',
  purposes: ['encrypt'],
  parse: ({ jwe }) => readWrapped(jwe),
  target: (item, parts) => meantKey(parts.header.kid, item, 'Send keyId or alias, because the JWE has no kid'),
  acceptsRisk: ({ acceptRisk }) => acceptRisk === true,
  alg: jweAlgOf,
  enc: (_item, { header }) => header.enc,
  async run(custody, budget, key, _item, parts) {
    const { plaintext, alg, enc } = await openJwe(custody, budget, key, parts, undefined);
    try {
      return { alg, enc, body: { jwk: jwkOf(plaintext), enc } };
    } finally {
      plaintext.fill(0);
    }
  },
};
