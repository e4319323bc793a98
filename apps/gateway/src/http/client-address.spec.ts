import type { Socket } from 'node:net';
import { describe, expect, it } from 'vitest';
import { clientAddressOf } from './client-address.js';
import { httpConfig } from './http.config.js';

const config = (clientAddress?: object) =>
  httpConfig.parse({ port: 1, ...(clientAddress && { clientAddress }) }).clientAddress;
const proxies = config({ trustedProxies: ['10.0.0.0/8', 'fd00::/8'] });
const addressFrom = (peer: string | undefined, forwarded?: string, of = proxies) =>
  clientAddressOf(of)({
    socket: { remoteAddress: peer } as Socket,
    headers: forwarded === undefined ? {} : { 'x-forwarded-for': forwarded },
  });

describe('the client’s address', () => {
  it.each([
    ['the connection’s other end', '192.0.2.7', undefined, '192.0.2.7'],
    ['an IPv4 address in its own form', '::ffff:192.0.2.7', undefined, '192.0.2.7'],
    ['not what a stranger states', '192.0.2.7', '198.51.100.1', '192.0.2.7'],
    ['what a trusted proxy states', '10.1.2.3', '198.51.100.1', '198.51.100.1'],
    ['what a trusted proxy states over IPv6', 'fd00::1', '2001:db8::5', '2001:db8::5'],
    ['the last address that no proxy has', '::ffff:10.1.2.3', '1.1.1.1, 198.51.100.1, 10.9.9.9', '198.51.100.1'],
    ['an address without its port', '10.1.2.3', '198.51.100.1:4711', '198.51.100.1'],
    ['an IPv6 address without its port', '10.1.2.3', '[2001:db8::5]:4711', '2001:db8::5'],
    ['the proxy’s if it states none', '10.1.2.3', undefined, '10.1.2.3'],
    ['the proxy’s if it states nonsense', '10.1.2.3', 'unknown', '10.1.2.3'],
    ['the nearest proxy’s if a farther one states nonsense', '10.1.2.3', '<script>, 10.9.9.9', '10.9.9.9'],
    ['the farthest proxy’s if all are trusted', '10.1.2.3', '10.7.7.7, 10.9.9.9', '10.7.7.7'],
    ['unknown after the connection has gone', undefined, '198.51.100.1', undefined],
  ])('is %s', (_, peer, forwarded, expected) => expect(addressFrom(peer, forwarded)).toBe(expected));

  const forwarding = config({ trustedProxies: ['10.0.0.0/8', 'fd00::/8'], header: 'forwarded' });
  it.each([
    ['10.1.2.3', 'for=198.51.100.1', '198.51.100.1'],
    ['10.1.2.3', 'For="198.51.100.1:4711"; proto=https;by=10.1.2.3', '198.51.100.1'],
    ['10.1.2.3', 'proto=https;for="[2001:db8::5]:4711"', '2001:db8::5'],
    ['10.1.2.3', 'for=1.1.1.1, for=198.51.100.1;host="a,b", for=10.9.9.9', '198.51.100.1'],
    ['10.1.2.3', 'for=unknown', '10.1.2.3'],
    ['10.1.2.3', 'for=_hidden', '10.1.2.3'],
    ['10.1.2.3', 'proto=https', '10.1.2.3'],
    ['10.1.2.3', 'xfor=198.51.100.1', '10.1.2.3'],
    ['192.0.2.7', 'for=198.51.100.1', '192.0.2.7'],
  ])('from %s with Forwarded: %s is %s', (peer, forwarded, expected) => {
    const headers = { forwarded, 'x-forwarded-for': '1.2.3.4' };
    const socket = { remoteAddress: peer } as Socket;
    expect(clientAddressOf(forwarding)({ socket, headers })).toBe(expected);
    const onlyOther = { socket, headers: { forwarded } };
    expect(clientAddressOf(proxies)(onlyOther), 'where X-Forwarded-For is configured').toBe(peer);
  });

  it('is believed from nobody by default', () => {
    expect(addressFrom('10.1.2.3', '198.51.100.1', config())).toBe('10.1.2.3');
    expect(httpConfig.safeParse({ port: 1, clientAddress: { trustedProxies: ['proxy.example'] } }).success).toBe(false);
  });
});
