import { readFile } from 'node:fs/promises';
import { AnkaSecure, type Authentication, type ClientOptions } from '@ankasecure/sdk';
import { keyFile, mutualTlsFetch } from '@ankasecure/sdk/node';
import { CliError } from '../terminal/cli-error.js';
import type { Terminal } from '../terminal/terminal.js';
import { type Profile, type ProfileAuth, readProfiles } from './profile-file.js';

/** What the command line says of the connection. */
export interface ConnectionOptions {
  readonly profile?: string;
  readonly url?: string;
  /** Seconds. */
  readonly timeout?: string;
  readonly allowHttp?: boolean;
}

const textOf = async (path: string): Promise<string> => {
  try {
    return (await readFile(path, 'utf8')).trim();
  } catch (cause) {
    throw new CliError(
      'authentication',
      `${path} cannot be read: ${(cause as Error).message}`,
      'Log in again: ankasecure login',
      {
        cause,
      },
    );
  }
};

const authOf = async (auth: ProfileAuth): Promise<Authentication> => {
  if (auth.kind === 'token') return auth.token;
  // It is read anew whenever a token is needed, so that another program may renew it.
  if (auth.kind === 'token-file') return () => textOf(auth.path);
  return keyFile(auth.path).catch((cause: Error) => {
    throw new CliError('authentication', cause.message, 'Log in again: ankasecure login', { cause });
  });
};

/** The text of a variable of the environment; an empty one is as good as none. */
const variable = ({ env }: Terminal, name: string): string | undefined => env[name] || undefined;

const chosen = async (terminal: Terminal, options: ConnectionOptions): Promise<Profile | undefined> => {
  const profiles = await readProfiles(terminal);
  const name = options.profile ?? variable(terminal, 'ANKASECURE_PROFILE') ?? profiles?.current;
  const found = name === undefined ? undefined : profiles?.profiles[name];
  if (found === undefined && name !== undefined && name !== profiles?.current)
    throw new CliError('usage', `There is no profile ${name}.`, 'List the profiles: ankasecure profile list');
  return found;
};

const timeoutMs = (timeout: string | undefined): number => {
  const seconds = Number(timeout ?? 60);
  if (Number.isFinite(seconds) && seconds > 0) return seconds * 1000;
  throw new CliError('usage', '--timeout takes a number of seconds.');
};

/** @throws CliError for a URL that the client does not take */
const clientOf = (options: ClientOptions): AnkaSecure => {
  try {
    return new AnkaSecure(options);
  } catch (cause) {
    if (!(cause instanceof TypeError)) throw cause;
    const hint = options.baseUrl.startsWith('http:') ? 'On a network that you trust: --allow-http' : undefined;
    throw new CliError('usage', cause.message, hint, { cause });
  }
};

/** A client of a profile. @throws CliError if its files cannot be read, or its URL is not safe */
export const connectTo = async (
  profile: Profile,
  { timeout, allowHttp = profile.allowHttp ?? false }: ConnectionOptions = {},
): Promise<AnkaSecure> =>
  clientOf({
    baseUrl: profile.baseUrl,
    auth: await authOf(profile.auth),
    timeoutMs: timeoutMs(timeout),
    allowHttp,
    ...(profile.tenant !== undefined && { tenant: profile.tenant }),
    ...(profile.caFile !== undefined && { fetch: mutualTlsFetch({ ca: await textOf(profile.caFile) }) }),
  });

const sameUrl = (one: string, other: string): boolean => urlOf(one) === urlOf(other);
const urlOf = (url: string): string => {
  if (!URL.canParse(url)) throw new CliError('usage', `${url} is not a URL.`, 'Write it as https://anka.example.com');
  return new URL(url).href.replace(/\/+$/, '');
};

const notLoggedIn = (): CliError =>
  new CliError(
    'authentication',
    'You are not logged in.',
    'Log in: ankasecure login https://anka.example.com --key-file billing.json',
  );

/**
 * The profile in use: the named or current one; ANKASECURE_URL and ANKASECURE_TOKEN stand above it. What a profile says belongs to
 * its URL: neither its credential nor its tenant and authorities go with another one.
 */
export const profileInUse = async (terminal: Terminal, options: ConnectionOptions): Promise<Profile> => {
  const profile = await chosen(terminal, options);
  const baseUrl = options.url ?? variable(terminal, 'ANKASECURE_URL') ?? profile?.baseUrl;
  if (baseUrl === undefined) throw notLoggedIn();
  const own = profile !== undefined && sameUrl(baseUrl, profile.baseUrl) ? profile : undefined;
  const token = variable(terminal, 'ANKASECURE_TOKEN');
  if (token !== undefined) return { ...own, baseUrl, auth: { kind: 'token', token } };
  if (own !== undefined) return { ...own, baseUrl };
  if (profile === undefined) throw notLoggedIn();
  throw new CliError('usage', 'The profile’s credential is for another URL.', 'Log in there, or set ANKASECURE_TOKEN.');
};
