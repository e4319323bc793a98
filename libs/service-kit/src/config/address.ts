import { z } from 'zod';

/** A host, or a path of a socket. A URL in its place would be looked up as a name, until the patience ends. */
export const host = z
  .string()
  .min(1)
  .refine((text) => !text.includes('://'), 'must be a host name or an address, without a scheme');

/** Whether a URL names no user and no password. A text that is no URL has none. */
export const hasNoLogin = (url: string): boolean => {
  if (!URL.canParse(url)) return true;
  const { username, password } = new URL(url);
  return username === '' && password === '';
};

const busAddress = /^(?:tls|nats):\/\/(?:[A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\])(?::(\d{1,5}))?\/?$/i;

const isBusAddress = (text: string): boolean => {
  const found = busAddress.exec(text);
  return found !== null && Number(found[1] ?? 1) >= 1 && Number(found[1] ?? 1) <= 65_535;
};

/**
 * A server of the bus. Both schemes mean the same: a server without TLS is refused. The client would take any scheme, and
 * ignore a login, since the nkey is the login.
 */
export const busServer = z
  .string()
  .refine(
    isBusAddress,
    'must be tls:// or nats:// and a host, with a port if it is not 4222, and nothing else (the connection is encrypted with either)',
  );
