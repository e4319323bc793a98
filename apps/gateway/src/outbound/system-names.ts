import type { LookupAddress } from 'node:dns';
import { readFile } from 'node:fs/promises';
import { isIP } from 'node:net';

/** The files of the system that name hosts: hosts(5) and resolv.conf(5). */
export interface NameFiles {
  readonly hosts: string;
  readonly resolver: string;
}

const systemFiles: NameFiles = { hosts: '/etc/hosts', resolver: '/etc/resolv.conf' };

const linesOf = (text: string): readonly (readonly string[])[] =>
  text.split('\n').map((line) => (line.split(/[#;]/, 1)[0] ?? '').trim().split(/\s+/));

const readOr = (file: string): Promise<string> => readFile(file, 'utf8').catch(() => '');

const addressOf = (address: string): LookupAddress => ({ address, family: isIP(address) });

/** The loopback addresses. RFC 6761 §6.3 gives them every name in localhost. */
const loopback = ['127.0.0.1', '::1'].map(addressOf);

const withoutDot = (name: string): string => name.toLowerCase().replace(/\.$/, '');

/** The addresses of a name that the system knows without DNS. Empty if it has none. */
export const localAddresses = async (name: string, { hosts } = systemFiles): Promise<readonly LookupAddress[]> => {
  const asked = withoutDot(name);
  const found = linesOf(await readOr(hosts))
    .filter(([address = '', ...names]) => isIP(address) !== 0 && names.some((known) => withoutDot(known) === asked))
    .map(([address = '']) => addressOf(address));
  if (found.length > 0) return found;
  return /(?:^|\.)localhost$/.test(asked) ? loopback : [];
};

/**
 * Lists the names to ask DNS for, in order: the name itself, and the name in each search domain. The name itself comes first if
 * it has at least `ndots` dots, and last otherwise. It is the only one if it ends with a dot.
 */
export const namesToAsk = async (name: string, { resolver } = systemFiles): Promise<readonly string[]> => {
  if (name.endsWith('.')) return [name];
  const lines = linesOf(await readOr(resolver));
  const search = lines.findLast(([word]) => word === 'search' || word === 'domain')?.slice(1) ?? [];
  const option = lines.filter(([word]) => word === 'options').flatMap((words) => words.slice(1));
  const ndots = Number(/^ndots:(\d{1,2})$/.exec(option.find((word) => word.startsWith('ndots:')) ?? '')?.[1] ?? 1);
  const inDomains = search.map((domain) => `${name}.${domain}`);
  return name.split('.').length > ndots ? [name, ...inDomains] : [...inDomains, name];
};
