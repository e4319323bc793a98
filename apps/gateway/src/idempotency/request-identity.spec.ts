import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalJson, identityOf } from './request-identity.js';

const caller = Buffer.from('https://people.test\0alice\0');
const of = (body: string, conditions = {}) =>
  identityOf({ caller, body: Buffer.from(body), ...conditions }).toString('hex');

describe('the identity of a request', () => {
  it('has one text for each JSON value, as in RFC 8785 §3.2.3 and §3.2.2', () => {
    const text = String.raw`{"peach":1.0,"\u20ac":[56,{"d":true,"10":null}],"1":"\u000f\u0061"}`;
    expect(canonicalJson(JSON.parse(text))).toBe(String.raw`{"1":"\u000fa","peach":1,"€":[56,{"10":null,"d":true}]}`);
  });

  it('depends on the value and on nothing else of the body', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.jsonValue(), (one, other) => {
        const text = JSON.stringify(one);
        expect(JSON.parse(canonicalJson(one))).toEqual(JSON.parse(text));
        expect(canonicalJson(one) === canonicalJson(other)).toBe(
          canonicalJson(JSON.parse(text)) === canonicalJson(JSON.parse(JSON.stringify(other))),
        );
      }),
    );
  });

  it('differs for another caller, another body and other preconditions', () => {
    const identities = [
      of('{"a":1}'),
      of('{"a":2}'),
      of('{"a":[1]}'),
      of('{"a":1}', { ifMatch: 1 }),
      of('{"a":1}', { ifMatch: 2 }),
      of('{"a":1}', { ifMatch: '*' }),
      of('{"a":1}', { ifNoneMatch: 1 }),
      identityOf({ caller: Buffer.from('another'), body: Buffer.from('{"a":1}') }).toString('hex'),
    ];
    expect(new Set(identities).size).toBe(identities.length);
  });

  it.each([
    ['{', 'body-malformed'],
    ['{"a":1,"a":2}', 'request-invalid'],
  ])('does not exist for %s', (body, code) => {
    expect(() => of(body)).toThrow(expect.objectContaining({ code }));
  });
});
