import { algorithmNames, algorithmOf, defaultPurpose } from '@ankasecure/algorithm';
import { describe, expect, it } from 'vitest';
import { policyDocument } from './document.js';
import { evaluate } from './evaluate.js';
import { type Use, uses } from './request.js';
import { templates } from './template.js';

const allowed = (name: string, use: Use, at: string): string[] => {
  const { document } = templates.find((template) => template.name === name) ?? templates[0] ?? expect.fail();
  return algorithmNames.filter((algorithm) => {
    const asked = { algorithm, purpose: defaultPurpose(algorithm), use, custody: 'token', outsideSteps: [] } as const;
    return evaluate(document, asked, Date.parse(at)).allow;
  });
};

describe.each(templates.map((template) => [template.name, template] as const))('the template %s', (_, template) => {
  it('is a valid document, with a source for each rule it sets', () => {
    expect(policyDocument.parse(template.document)).toEqual(template.document);
    expect(template.sources.map(({ rule }) => rule)).toEqual(Object.keys(template.document));
    for (const { rule, source } of template.sources)
      expect(source, rule).toMatch(/^none: |§|table|annex|executive summary/);
  });
});

describe('the templates', () => {
  it('have unique names', () => {
    expect(templates.map(({ name }) => name)).toEqual(['fips-140-3', 'cnsa-2.0', 'pqc-migration', 'permissive-dev']);
  });

  it('decide as described', () => {
    expect(allowed('fips-140-3', 'protect', '2026-11-25')).toEqual([...algorithmNames]);
    expect(allowed('fips-140-3', 'protect', '2031-01-01')).not.toContain('RSA-2048');
    const cnsa2 = ['AES-256', 'HMAC-SHA384', 'HMAC-SHA512', 'ML-DSA-87', 'ML-KEM-1024'];
    expect(allowed('cnsa-2.0', 'protect', '2026-11-25')).toEqual(cnsa2);
    const cnsa1 = ['RSA-3072', 'RSA-4096', 'EC-P384'];
    expect(allowed('cnsa-2.0', 'process', '2026-11-25')).toEqual([...cnsa1, ...cnsa2]);
    expect(allowed('cnsa-2.0', 'process', '2034-01-01')).toEqual(cnsa2);
    const lasting = algorithmNames.filter((name) => !['rsa', 'ec', 'ed'].includes(algorithmOf(name).kind));
    expect(allowed('pqc-migration', 'create', '2036-01-01')).toEqual(lasting);
    expect(allowed('pqc-migration', 'process', '2036-01-01')).toEqual([...algorithmNames]);
    for (const use of uses) expect(allowed('permissive-dev', use, '2026-11-25')).toEqual([...algorithmNames]);
  });
});
