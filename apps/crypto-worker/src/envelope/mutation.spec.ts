import { type ContentAlg, contentEncryptionOf, fitsContent } from '@ankasecure/algorithm';
import { describe, expect, it } from 'vitest';
import { failureOf, shown } from '../jose/testing/failure.js';
import { jweKeys, knownKey, soon } from '../jose/testing/known-key.js';
import { openJwe, readJwe } from './decrypt.js';
import type { DecryptionFailure } from './decryption-failure.js';
import { sealJwe } from './encrypt.js';
import { isIntegrated } from './jwe-alg.js';

const replaced = (segment: string, at: number): string =>
  segment.slice(0, at) + (segment[at] === 'A' ? 'B' : 'A') + segment.slice(at + 1);

/** Every single-character change of a segment, and other common attacks. Never the segment itself. */
const mutations = (segment: string, others: readonly string[]): Set<string> => {
  const all = new Set<string>(['', 'A', 'AA', 'AB', '=', ' ', '\u0000', 'é', ...others]);
  for (let at = 0; at < segment.length; at += 1) {
    all.add(replaced(segment, at));
    all.add(segment.slice(0, at) + segment.slice(at + 1));
    all.add(`${segment.slice(0, at)}A${segment.slice(at)}`);
  }
  for (const added of ['=', '==', ' ', '\n', 'A', 'AA', '+']) {
    all.add(segment + added);
    all.add(added + segment);
  }
  all.add(segment + segment);
  all.delete(segment);
  return all;
};

/** RSA-3072 and P-521 take the same paths as the smaller keys and are slower. */
const keys = jweKeys.filter(([, algorithm]) => algorithm !== 'RSA-3072' && algorithm !== 'EC-P521');
const contents: readonly ContentAlg[] = ['A256GCM', 'A128CBC-HS256'];
const forms = keys.flatMap((row) =>
  contents.filter((enc) => fitsContent(row[0], enc)).map((enc) => [...row, enc] as const),
);

describe.each(forms)('a mutated JWE, %s with %s and %s', (alg, algorithm, enc) => {
  const { key, custody } = knownKey(algorithm, 'encrypt', { alg });

  it('is told what is wrong with its bytes before the token is asked, and fails in one way only where a key decides', async () => {
    const value = await sealJwe(custody, soon, key, { plaintext: Buffer.from('a secret of the house'), enc });
    const segments = value.jwe.split('.');
    const { ivBytes, tagBytes } = isIntegrated(alg) ? { ivBytes: 0, tagBytes: 0 } : contentEncryptionOf(enc);
    const lengths: readonly (number | undefined)[] = [undefined, undefined, ivBytes, undefined, tagBytes];
    /** Whether the segment's spelling or length is wrong whatever the key is. */
    const isMalformed = (index: number, segment: string): boolean => {
      const bytes = /^[A-Za-z0-9_-]*$/.test(segment) ? Buffer.from(segment, 'base64url') : undefined;
      return bytes?.toString('base64url') !== segment || bytes.length !== (lengths[index] ?? bytes.length);
    };
    const answers = new Set<string>();
    const told = new Set<string>();
    const causes = new Set<string>();
    let tried = 0;
    for (const index of [1, 2, 3, 4]) {
      const original = segments[index] ?? '';
      for (const mutated of mutations(original, segments.toSpliced(index, 1))) {
        const jwe = segments.with(index, mutated).join('.');
        tried += 1;
        if (isMalformed(index, mutated)) {
          const refused = await failureOf(async () => readJwe(jwe));
          expect([index, mutated, refused.code]).toEqual([index, mutated, 'jwe-invalid']);
          told.add(refused.detail);
          continue;
        }
        const error = await failureOf(() => openJwe(custody, soon, key, readJwe(jwe), undefined));
        answers.add(shown(error));
        causes.add((error.cause as DecryptionFailure).code);
      }
    }
    expect(tried).toBeGreaterThan(200);
    expect([...answers]).toEqual([expect.stringContaining('"decryption-failed"')]);
    for (const reason of [
      'white space',
      'padded with =',
      'standard base64',
      'does not have',
      'middle of a byte',
      'must have',
    ])
      expect(
        [...told].some((detail) => detail.includes(reason)),
        reason,
      ).toBe(true);
    expect(causes).toContain('segment-length');
    expect(causes).toContain('tag-mismatch');
    if (alg !== 'dir') expect(causes).toContain('unwrap-failed');
  });
});
