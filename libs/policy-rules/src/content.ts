import { type ContentAlg, contentEncryptionOf, defaultContentAlg } from '@ankasecure/algorithm';
import type { PolicyDocument } from './document.js';
import { type PolicyRequest, protects, type Use } from './request.js';
import type { Rule } from './rule.js';
import { weakness } from './weakness.js';

/** The content encryption that a policy without `contentEncryption` allows for encrypting. */
export const defaultContentEncryption: readonly ContentAlg[] = [defaultContentAlg];

/**
 * The rules about the content encryption of a JWE. All of it is FIPS-approved, so FIPS-only refuses none. A rule does not
 * object to a request without one.
 */
export const contentRules: readonly Rule[] = [
  {
    rule: 'minimumStrength',
    code: 'policy',
    objects: ({ minimumStrength = 0 }, request) => {
      if (!protects(request) || request.enc === undefined) return undefined;
      return weakness(request.enc, contentEncryptionOf(request.enc).bits, minimumStrength);
    },
  },
  {
    rule: 'contentEncryption',
    code: 'policy',
    objects: ({ contentEncryption: allowed = defaultContentEncryption }, request) =>
      !protects(request) || request.enc === undefined || allowed.includes(request.enc)
        ? undefined
        : {
            detail: `The tenant’s policy does not allow encryption of content with ${request.enc}, only with ${allowed.join(', ')}`,
          },
  },
  {
    rule: 'cnsa2',
    code: 'cnsa2',
    objects: ({ cnsa2 }, { enc }) =>
      cnsa2 === true && enc !== undefined && contentEncryptionOf(enc).cnsa === null
        ? { detail: `${enc} is not in CNSA 2.0`, source: 'CNSA 2.0, table I (AES-256)' }
        : undefined,
  },
];

/** Whether content may be encrypted (`protect`) or decrypted (`process`) with `enc`, whatever the key. */
export const mayUseContent = (policy: PolicyDocument, enc: ContentAlg, use: Use): boolean => {
  const request = { enc, use } as PolicyRequest;
  return contentRules.every(({ objects }) => objects(policy, request, 0) === undefined);
};
