import { createSecretKey } from 'node:crypto';
import { type ContentAlg, contentAlgs, contentEncryptionOf } from '@ankasecure/algorithm';
import { describe, expect, it } from 'vitest';
import { knownKey, soon } from '../jose/testing/known-key.js';
import { rfc7520, vectorsAbsent } from '../jose/testing/vector.js';
import { openContent, sealContent } from './content.js';
import { openJwe, readJwe } from './decrypt.js';

const hex = (text: string): Buffer => Buffer.from(text.replaceAll(' ', ''), 'hex');

/** RFC 7518, appendix B: the same key bytes, IV, plaintext and additional data for each algorithm. */
const iv = hex('1af38c2dc2b96ffdd86694092341bc04');
const plaintext = Buffer.from(
  'A cipher system must not be required to be secret, and it must be able to fall into the hands of the enemy without inconvenience',
);
const aad = Buffer.from('The second principle of Auguste Kerckhoffs');
const keyOf = (enc: ContentAlg): Buffer => Buffer.from([...Array(contentEncryptionOf(enc).cekBytes).keys()]);

const examples = [
  ['A128CBC-HS256', 'c80edfa32ddf39d5ef00c0b468834279', '652c3fa36b0a7c5b3219fab3a30bc1c4'],
  ['A192CBC-HS384', 'ea65da6b59e61edb419be62d19712ae5', '8490ac0e58949bfe51875d733f93ac2075168039ccc733d7'],
  [
    'A256CBC-HS512',
    '4affaaadb78c31c5da4b1b590d10ffbd',
    '4dd3b4c088a7f45c216839645b2012bf2e6269a8c56a816dbc1b267761955bc5',
  ],
] as const;

describe('AES-CBC with HMAC (RFC 7518, appendix B)', () => {
  it.each(examples)('%s has the example’s ciphertext and tag', (enc, start, tag) => {
    const sealed = sealContent(enc, keyOf(enc), iv, aad, plaintext);
    expect(Buffer.from(sealed.ciphertext).subarray(0, 16).toString('hex')).toBe(start);
    expect(Buffer.from(sealed.tag).toString('hex')).toBe(tag);
    const opened = openContent(enc, keyOf(enc), sealed, aad);
    expect(Buffer.from(opened ?? []).equals(plaintext)).toBe(true);
  });
});

describe.each(contentAlgs)('content under %s', (enc) => {
  const { ivBytes, cekBytes, tagBytes } = contentEncryptionOf(enc);
  const cek = keyOf(enc);
  const seal = (data: Uint8Array) => sealContent(enc, cek, Buffer.alloc(ivBytes, 7), aad, data);
  const flipped = (bytes: Uint8Array, at: number): Buffer => {
    const copy = Buffer.from(bytes);
    copy[at] = (copy[at] ?? 0) ^ 1;
    return copy;
  };

  it.each([0, 1, 15, 16, 17, 4096])('of %i bytes opens again, with a tag of the right length', (size) => {
    const data = Buffer.alloc(size, 3);
    const sealed = seal(data);
    expect([cek.length, sealed.tag.length]).toEqual([cekBytes, tagBytes]);
    expect(Buffer.from(openContent(enc, cek, sealed, aad) ?? 'null').equals(data)).toBe(true);
  });

  /** With AES-CBC the first half of the key makes the tag. */
  const authenticating = contentEncryptionOf(enc).hash === null ? cekBytes : cekBytes / 2;

  it('does not open if one bit of it, of its key or of its additional data differs', () => {
    const sealed = seal(plaintext);
    const { iv: used, ciphertext, tag } = sealed;
    const opened = [
      ...Array.from({ length: tagBytes }, (_, at) => openContent(enc, cek, { ...sealed, tag: flipped(tag, at) }, aad)),
      ...Array.from({ length: ciphertext.length }, (_, at) =>
        openContent(enc, cek, { ...sealed, ciphertext: flipped(ciphertext, at) }, aad),
      ),
      ...Array.from({ length: authenticating }, (_, at) => openContent(enc, flipped(cek, at), sealed, aad)),
      openContent(enc, cek, { ...sealed, iv: flipped(used, 0) }, aad),
      openContent(enc, cek, { ...sealed, ciphertext: ciphertext.subarray(1) }, aad),
      openContent(enc, cek, { ...sealed, ciphertext: new Uint8Array(0) }, aad),
      openContent(enc, cek, sealed, flipped(aad, 0)),
    ];
    expect(opened.filter((result) => result !== null)).toEqual([]);
  });
});

describe('RFC 7516, A.3', () => {
  it('opens with A128KW and A128CBC-HS256', async () => {
    const jwe =
      'eyJhbGciOiJBMTI4S1ciLCJlbmMiOiJBMTI4Q0JDLUhTMjU2In0.6KB707dM9YTIgHtLvtgWQ8mKwboJW3of9locizkDTHzBC2IlrT1oOQ.AxY8DCtDaGlsbGljb3RoZQ.KDlTtXchhZTGufMYmOYGS4HffxPSUrfmqCHXaI9wOGY.U0m_YmjN04DJvceFICbCVQ';
    const secret = createSecretKey(Buffer.from('GawgguFyGrWKav7AX4VKUg', 'base64url'));
    const { key, custody } = knownKey('AES-128', 'encrypt', { alg: 'A128KW', secret });
    const opened = await openJwe(custody, soon, key, readJwe(jwe), undefined);
    expect(opened).toMatchObject({ alg: 'A128KW', enc: 'A128CBC-HS256' });
    expect(Buffer.from(opened.plaintext).toString()).toBe('Live long and prosper.');
  });
});

interface CookbookJwe {
  readonly input: { readonly plaintext: string; readonly enc: ContentAlg; readonly key: { readonly k?: string } };
  readonly generated: { readonly cek?: string; readonly iv: string };
  readonly encrypting_content: { readonly protected_b64u?: string; readonly ciphertext: string; readonly tag: string };
  readonly output: { readonly json: { readonly protected?: string; readonly aad?: string } };
}

describe.skipIf(vectorsAbsent)('RFC 7520, the content of every JWE without compression', () => {
  it.each([
    '5_2.key_encryption_using_rsa-oaep_with_aes-gcm',
    '5_4.key_agreement_with_key_wrapping_using_ecdh-es_and_aes-keywrap_with_aes-gcm',
    '5_6.direct_encryption_using_aes-gcm',
    '5_10.including_additional_authentication_data',
    '5_12.protecting_content_only',
  ])('%s', (name) => {
    const { input, generated, encrypting_content: content, output } = rfc7520<CookbookJwe>(`jwe/${name}`);
    const decoded = (text: string): Buffer => Buffer.from(text, 'base64url');
    const { protected: header = '', aad: more } = output.json;
    const bound = Buffer.from(more === undefined ? header : `${header}.${more}`);
    const cek = decoded(generated.cek ?? input.key.k ?? '');
    const sealed = { iv: decoded(generated.iv), ciphertext: decoded(content.ciphertext), tag: decoded(content.tag) };
    const opened = openContent(input.enc, cek, sealed, bound);
    expect(Buffer.from(opened ?? []).toString()).toBe(input.plaintext);
  });
});
