import { describe, expect, it } from 'vitest';
import { isInternal, reachableBy } from './internal-address.js';

/** First and last addresses of networks that lead behind a service, or nowhere (IANA's special-purpose registries). */
const internal4 = [
  ['0.0.0.0', '0.255.255.255'],
  ['10.0.0.0', '10.255.255.255'],
  ['100.64.0.0', '100.127.255.255'],
  ['127.0.0.0', '127.255.255.255'],
  ['169.254.0.0', '169.254.169.254'],
  ['172.16.0.0', '172.31.255.255'],
  ['192.0.0.0', '192.0.0.192'],
  ['192.0.2.0', '192.0.2.255'],
  ['192.88.99.0', '192.88.99.255'],
  ['192.168.0.0', '192.168.255.255'],
  ['198.18.0.0', '198.19.255.255'],
  ['198.51.100.0', '203.0.113.255'],
  ['224.0.0.0', '239.255.255.255'],
  ['240.0.0.0', '255.255.255.255'],
  ['168.63.129.16', '168.63.129.16'],
].flat();

const internal6 = [
  ['::', '::1', '::2', '0:0:0:0:0:1::', '1::1', '100::1', '100:0:0:1::1', '1fff:ffff::1'],
  ['2001::1', '2001:2::1', '2001:10::1', '2001:20::1', '2001:db8::1', '2002::1', '3fff::1'],
  ['4000::1', '5f00::1', '64:ff9b::1', '64:ff9b:1::1', 'fc00::1', 'fd00:ec2::254', 'fe80::1', 'fe80::1%eth0'],
  ['febf:ffff::1', 'fec0::1', 'ff02::1', 'ffff::1'],
].flat();

const hex = (address: string): string => {
  const [a = 0, b = 0, c = 0, d = 0] = address.split('.').map(Number);
  return `${(a * 256 + b).toString(16)}:${(c * 256 + d).toString(16)}`;
};

/** The ways to write an IPv4 address within an IPv6 one. */
const within: Readonly<Record<string, (address: string) => string>> = {
  mapped: (address) => `::ffff:${address}`,
  'mapped, in hex': (address) => `::ffff:${hex(address)}`,
  'mapped, whole': (address) => `0:0:0:0:0:ffff:${hex(address)}`,
  compatible: (address) => `::${hex(address)}`,
  translated: (address) => `::ffff:0:${hex(address)}`,
  NAT64: (address) => `64:ff9b::${hex(address)}`,
  'local NAT64': (address) => `64:ff9b:1::${hex(address)}`,
  '6to4': (address) => `2002:${hex(address)}::1`,
  Teredo: (address) => `2001:0:${hex(address)}::1`,
};

describe('an address that leads behind a service', () => {
  it.each([...internal4, ...internal6])('%s is internal', (address) => {
    expect(isInternal(address)).toBe(true);
  });

  it.each(Object.entries(within))('is internal as it is written: %s', (_, write) => {
    for (const address of internal4) expect([address, isInternal(write(address))]).toEqual([address, true]);
  });

  it('is one if it is a public address that IPv6 wraps, but for the mapped form, which systems take for it', () => {
    const seen = Object.entries(within).map(([name, write]) => [name, isInternal(write('9.9.9.9'))] as const);
    expect(seen.filter(([, is]) => !is).map(([name]) => name)).toEqual(['mapped', 'mapped, in hex', 'mapped, whole']);
  });

  it.each(['1.1.1.1', '9.255.255.255', '11.0.0.0', '172.32.0.1', '223.255.255.255', '2001:500:2f::f', '2606:4700::1'])(
    '%s is not internal',
    (address) => {
      expect(isInternal(address)).toBe(false);
    },
  );

  it('can be allowed by its network, in the family of the network alone', () => {
    const isReachable = reachableBy(['10.1.0.0/16', 'fd00:1::/32']);
    expect(['10.1.2.3', '::ffff:10.1.2.3', 'fd00:1::9', '9.9.9.9'].filter((address) => !isReachable(address))).toEqual(
      [],
    );
    expect(['10.2.0.1', 'fd00:2::9', '::a01:203', '127.0.0.1'].filter(isReachable)).toEqual([]);
  });
});
