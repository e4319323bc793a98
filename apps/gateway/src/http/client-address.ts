import type { IncomingMessage } from 'node:http';
import { BlockList, isIP } from 'node:net';
import type { HttpConfig } from './http.config.js';

/** The address of the client of a request, or undefined if it is unknown. */
export type ClientAddress = (request: Pick<IncomingMessage, 'headers' | 'socket'>) => string | undefined;

const kindOf = (address: string): 'ipv4' | 'ipv6' => (isIP(address) === 6 ? 'ipv6' : 'ipv4');

/** An IPv4 address that a socket for both kinds shows in IPv6 form gets its own form back. */
const plain = (address: string): string => address.replace(/^::ffff:(?=\d+\.\d+\.\d+\.\d+$)/i, '');

/** The address of an entry, which some proxies write with a port. Undefined if it is none. */
const addressIn = (entry: string): string | undefined => {
  const text = entry.trim();
  const address = plain(/^\[([^\]]+)\](?::\d+)?$/.exec(text)?.[1] ?? /^([\d.]+):\d+$/.exec(text)?.[1] ?? text);
  return isIP(address) === 0 ? undefined : address;
};

const listOf = (networks: readonly string[]): BlockList => {
  const list = new BlockList();
  for (const network of networks) {
    const [address = '', bits] = network.split('/');
    list.addSubnet(address, Number(bits), kindOf(address));
  }
  return list;
};

/** The elements of a list whose quoted strings may contain commas (RFC 9110 §5.6). One pass, however many commas there are. */
const elementsOf = (list: string): string[] => {
  const elements: string[] = [];
  let [start, isQuoted] = [0, false];
  for (let at = 0; at < list.length; at++) {
    const character = list[at];
    if (isQuoted && character === '\\') at++;
    else if (character === '"') isQuoted = !isQuoted;
    else if (character === ',' && !isQuoted) {
      elements.push(list.slice(start, at));
      start = at + 1;
    }
  }
  return [...elements, list.slice(start)];
};

/** The values of `for` in a Forwarded header (RFC 7239 §4). An element without one counts as an empty entry. */
const forwardedFor = (header: string): string[] =>
  elementsOf(header).map((element) => /(?:^|;)[ \t]*for=("?)([^";]*)\1[ \t]*(?:;|$)/i.exec(element)?.[2] ?? '');

/** How each header states addresses: the farthest first. */
const entriesOf: Readonly<Record<HttpConfig['clientAddress']['header'], (header: string) => string[]>> = {
  'x-forwarded-for': (header) => header.split(','),
  forwarded: forwardedFor,
};

/**
 * Finds the address of a request's client: the connection's other end or, while that is a trusted proxy, the address that it
 * states in the configured header. Each proxy appends its client's address, so the list is read from its end, and only as far as
 * proxies are trusted. An entry that a client wrote itself is never reached.
 */
export const clientAddressOf = ({
  trustedProxies,
  header,
}: Pick<HttpConfig['clientAddress'], 'trustedProxies' | 'header'>): ClientAddress => {
  const trusted = listOf(trustedProxies);
  return ({ headers, socket }) => {
    const isProxy = (address: string): boolean => trusted.check(address, kindOf(address));
    let client = plain(socket.remoteAddress ?? '');
    if (client === '' || !isProxy(client)) return client || undefined;
    const stated = entriesOf[header]([headers[header] ?? []].flat().join(','));
    while (stated.length > 0 && isProxy(client)) {
      const before = addressIn(stated.pop() ?? '');
      if (before === undefined) break;
      client = before;
    }
    return client;
  };
};
