import { type AlgorithmName, algorithmNames, algorithmOf, type Purpose } from '@ankasecure/algorithm';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { initialPolicy, type PolicyDocument, policyDocument } from './document.js';
import { evaluate, type PolicyRequest } from './evaluate.js';

const request = (algorithm: AlgorithmName, over: Partial<PolicyRequest> = {}): PolicyRequest => ({
  algorithm,
  purpose: Object.keys(algorithmOf(algorithm).purposes)[0] as Purpose,
  outsideSteps: [],
  ...over,
});
const codes = (policy: PolicyDocument, asked: PolicyRequest) => evaluate(policy, asked).reasons.map(({ code }) => code);

const anyAlgorithm = fc.constantFrom(...algorithmNames);
const anyPolicy: fc.Arbitrary<PolicyDocument> = fc.record({
  allowedAlgorithms: fc.uniqueArray(anyAlgorithm),
  fipsOnly: fc.boolean(),
});
const anyRequest: fc.Arbitrary<PolicyRequest> = fc
  .tuple(anyAlgorithm, fc.constantFrom([], ['oaep-unpadding']))
  .map(([algorithm, outsideSteps]) => request(algorithm, { outsideSteps }));

describe('evaluate', () => {
  it('allows every algorithm of the table under the policy a tenant starts with', () => {
    for (const algorithm of algorithmNames)
      expect(evaluate(initialPolicy, request(algorithm)), algorithm).toEqual({ allow: true, reasons: [] });
  });

  it('refuses what is not listed, and names it', () => {
    const policy: PolicyDocument = { allowedAlgorithms: ['AES-256'], fipsOnly: false };
    expect(codes(policy, request('AES-256'))).toEqual([]);
    const { allow, reasons } = evaluate(policy, request('EC-P256'));
    expect(allow).toBe(false);
    expect(reasons).toMatchObject([{ code: 'policy', detail: expect.stringContaining('EC-P256') as string }]);
  });

  it('refuses everything under an empty list', () => {
    for (const algorithm of algorithmNames)
      expect(codes({ allowedAlgorithms: [], fipsOnly: false }, request(algorithm)), algorithm).toEqual(['policy']);
  });

  it('lets FIPS-only through exactly what the table approves', () => {
    const policy: PolicyDocument = { ...initialPolicy, fipsOnly: true };
    for (const algorithm of algorithmNames)
      expect(evaluate(policy, request(algorithm)).allow, algorithm).toBe(algorithmOf(algorithm).fips.approved);
  });

  it('keeps every step of a FIPS-only tenant inside the HSM', () => {
    const outside = request('RSA-3072', { purpose: 'encrypt', outsideSteps: ['oaep-unpadding'] });
    expect(codes(initialPolicy, outside)).toEqual([]);
    expect(codes({ ...initialPolicy, fipsOnly: true }, outside)).toEqual(['fips-only']);
  });

  it('gives every reason, and allows exactly when there is none', () => {
    fc.assert(
      fc.property(anyPolicy, anyRequest, (policy, asked) => {
        const { allow, reasons } = evaluate(policy, asked);
        const listed = policy.allowedAlgorithms.includes(asked.algorithm);
        const approved = algorithmOf(asked.algorithm).fips.approved && asked.outsideSteps.length === 0;
        expect(allow).toBe(reasons.length === 0);
        expect(reasons.some(({ code }) => code === 'policy')).toBe(!listed);
        expect(reasons.some(({ code }) => code === 'fips-only')).toBe(policy.fipsOnly && !approved);
      }),
    );
  });

  it('never allows more when the policy gets stricter', () => {
    fc.assert(
      fc.property(anyPolicy, anyAlgorithm, anyRequest, (policy, dropped, asked) => {
        const allowedAlgorithms = policy.allowedAlgorithms.filter((name) => name !== dropped);
        const stricter = [
          { ...policy, allowedAlgorithms },
          { ...policy, fipsOnly: true },
        ];
        if (!evaluate(policy, asked).allow)
          for (const other of stricter) expect(evaluate(other, asked).allow).toBe(false);
      }),
    );
  });
});

describe('a policy document', () => {
  it.each([
    ['an algorithm twice', { allowedAlgorithms: ['AES-256', 'AES-256'], fipsOnly: false }],
    ['an algorithm nobody knows', { allowedAlgorithms: ['ROT13'], fipsOnly: false }],
    ['an algorithm in other letters', { allowedAlgorithms: ['aes-256'], fipsOnly: false }],
    ['no algorithms', { fipsOnly: false }],
    ['no FIPS flag', { allowedAlgorithms: [] }],
    ['a FIPS flag in words', { allowedAlgorithms: [], fipsOnly: 'true' }],
    ['more than it has', { allowedAlgorithms: [], fipsOnly: false, cnsa: true }],
  ])('is refused with %s', (_, document) => {
    expect(policyDocument.safeParse(document).success).toBe(false);
  });

  it('is taken as it is, in the order given', () => {
    const document = { allowedAlgorithms: ['EC-P256', 'AES-256'], fipsOnly: true };
    expect(policyDocument.parse(document)).toEqual(document);
    expect(policyDocument.parse(initialPolicy)).toEqual(initialPolicy);
  });
});
