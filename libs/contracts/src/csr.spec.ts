import { describe, expect, it } from 'vitest';
import { csrItem, requestCertificate } from './csr.js';

const id = '01939f31-07c2-7a44-8f0e-2b9d6c1a3f10';
const accepts = (body: object): boolean => csrItem.safeParse({ id, ...body }).success;
const alternative = (kind: string) => (name: string) => accepts({ subjectAltNames: { [kind]: [name] } });
const attribute = (name: string) => (value: string) => accepts({ subject: [{ [name]: value }] });
const label = 'a'.repeat(63);

/** Per member: what is taken, and what is refused before a key is used. */
const names: readonly [string, (value: string) => boolean, readonly string[], readonly string[]][] = [
  [
    'a host name',
    alternative('dns'),
    [
      'localhost',
      'pay.example.com',
      '*.example.com',
      'xn--mnchen-3ya.example',
      '3com.com',
      `${label}.${label}`,
      'a-b.1a',
    ],
    [
      ...['', '.', 'a.', '.a', 'a..b', '-a.com', 'a-.com', 'a_b.com', 'a b.com', 'münchen.example', '*', 'a.*.com'],
      ...['*a.com', '192.0.2.1', 'example.1', '::1', 'a.com/', 'a.com\0', 'a.com\n', `${label}a.com`],
      `${label}.`.repeat(4),
    ],
  ],
  [
    'an address',
    alternative('ip'),
    ['192.0.2.1', '0.0.0.0', '::', '::1', '2001:db8::8a2e:370:7334', '::ffff:192.0.2.1', '1:2:3:4:5:6:7:8'],
    [
      '',
      '192.0.2',
      '192.0.2.256',
      '192.0.2.01',
      '192.0.2.1/24',
      ':::',
      '1:2:3',
      'fe80::1%eth0',
      '12345::',
      'localhost',
    ],
  ],
  [
    'a mailbox',
    alternative('email'),
    ['ops@example.com', "o'neil+x@mail.example.com", 'a.b@localhost'],
    ['', 'ops', '@example.com', 'ops@', 'a@b@c.com', 'a b@c.com', '.a@c.com', 'a.@c.com', 'a..b@c.com', 'ö@c.com'],
  ],
  [
    'a URI',
    alternative('uri'),
    [
      'https://example.com/a?b#c',
      'spiffe://example.org/ns/billing',
      'urn:uuid:f81d4fae-7dec',
      'a:%41',
      'http://[::1]/',
    ],
    ['', 'example.com', '//example.com', '/a', 'https:', 'https://', 'https:///a', 'a:b c', 'a:ü', 'a:%4', 'a:<b>'],
  ],
  ['a country', attribute('C'), ['ES', 'DE'], ['', 'E', 'ESP', 'es', 'E1']],
  [
    'a common name',
    attribute('CN'),
    ['Zahlung München', '支付'],
    ['', ' a', 'a ', 'a\0', 'a\nb', '\ud800', 'a'.repeat(65)],
  ],
  ['a domain component', attribute('DC'), ['example'], ['', 'example.com', 'a b', '-a']],
  ['a serial number', attribute('serialNumber'), ['B-12 34/5', '7'], ['', 'a@b', 'ä', ' a', 'a ']],
  ['a mailbox in the subject', attribute('emailAddress'), ['ops@example.com'], ['ops', 'a@b@c.com']],
];

describe.each(names)('%s', (_, takes, good, bad) => {
  it.each(good)('can be %j', (value) => expect(takes(value)).toBe(true));
  it.each(bad)('cannot be %j', (value) => expect(takes(value)).toBe(false));
});

describe('a certification request', () => {
  it('names a subject or an alternative name', () => {
    expect(accepts({})).toBe(false);
    for (const subject of [[], [{}], [{ CN: 'a' }, {}], [{ XX: 'a' }]]) expect(accepts({ subject })).toBe(false);
    for (const subjectAltNames of [{}, { dns: [] }, { other: ['a'] }]) expect(accepts({ subjectAltNames })).toBe(false);
    expect(accepts({ subject: [{ O: 'a', OU: 'b' }] })).toBe(true);
  });

  it('has a bounded number of names', () => {
    const dns = (count: number) =>
      accepts({ subjectAltNames: { dns: Array.from({ length: count }, () => 'a.example') } });
    expect([dns(100), dns(101)]).toEqual([true, false]);
    const subject = (count: number) => accepts({ subject: Array.from({ length: count }, () => ({ DC: 'a' })) });
    expect([subject(32), subject(33)]).toEqual([true, false]);
  });

  it('leaves the key to the path', () => {
    expect(requestCertificate.body.safeParse({ id, subject: [{ CN: 'a' }] }).success).toBe(false);
    expect(requestCertificate.body.safeParse({ subject: [{ CN: 'a' }] }).success).toBe(true);
  });
});
