import { describe, expect, it } from 'vitest';
import { admitting } from './admitted-address.js';

const isAdmitted = (address: string, allowed: readonly string[] = []): boolean => {
  try {
    admitting(allowed)(address);
    return true;
  } catch {
    return false;
  }
};

describe('the addresses that a tenant’s connector may reach', () => {
  it.each(['8.8.8.8', '2001:4860:4860::8888', '2600:1f00::1'])('have %s', (address) =>
    expect(isAdmitted(address)).toBe(true),
  );

  it('of IPv6 begin with the bits 001, whatever else is in use', () => {
    for (let first = 0; first < 0x10000; first += 0x0400) {
      const address = `${first.toString(16)}:1234::1`;
      if (first >> 13 !== 1) expect([address, isAdmitted(address)]).toEqual([address, false]);
    }
  });

  it.each([
    '127.0.0.1',
    '10.0.0.1',
    '169.254.169.254',
    '100.64.0.1',
    '0.0.0.0',
    '255.255.255.255',
    '::1',
    '::',
    'fe80::1',
    'fc00::1',
    'fd00:ec2::254',
    '::ffff:10.0.0.1',
    '64:ff9b::a00:1',
    '2002:a00:1::1',
    '4000::1',
    '1000::1',
  ])('have no %s', (address) => expect(isAdmitted(address)).toBe(false));

  it('have what the platform allows', () => {
    expect([isAdmitted('10.1.2.3', ['10.1.0.0/16']), isAdmitted('10.2.2.3', ['10.1.0.0/16'])]).toEqual([true, false]);
    expect([isAdmitted('4000::1', ['4000::/16']), isAdmitted('fd00::7', ['fd00::/64'])]).toEqual([true, true]);
  });
});
