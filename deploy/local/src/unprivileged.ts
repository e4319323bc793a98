import { chownSync, existsSync, statSync } from 'node:fs';
import { lookUp, runCommand } from './command.js';
import { LocalError } from './failure.js';

export type CommandLine = readonly [command: string, args: readonly string[]];

/** A way to run a program that refuses root. */
export interface Unprivileged {
  /** Call this on every path that the program must read or write. */
  readonly give: (path: string) => void;
  readonly wrap: (line: CommandLine) => CommandLine;
}

const nobody = 65_534;
const nothing = (): void => undefined;

const asIs: Unprivileged = { give: nothing, wrap: (line) => line };

/** Runs as nobody in a new user namespace, where nobody owns what root owns outside. */
const inNamespace = (unshare: string): Unprivileged => ({
  give: nothing,
  wrap: ([command, args]) => [unshare, ['-U', `--map-user=${nobody}`, `--map-group=${nobody}`, command, ...args]],
});

/** Runs as the real nobody, who may pass through root's private directories. access(2) respects that only with the securebit. */
const asNobody = (setpriv: string): Unprivileged => ({
  give: (path) => chownSync(path, nobody, nobody),
  wrap: ([command, args]) => [setpriv, [...identity, ...passage, command, ...args]],
});
const identity = [`--reuid=${nobody}`, `--regid=${nobody}`, '--clear-groups'];
const passage = ['--inh-caps=+dac_override', '--ambient-caps=+dac_override', '--securebits=+no_setuid_fixup'];

const works = ({ wrap }: Unprivileged): Promise<boolean> =>
  runCommand(...wrap(['true', []])).then(
    () => true,
    () => false,
  );

const belongsToNobody = (path: string): boolean => existsSync(path) && statSync(path).uid === nobody;

/**
 * Chooses how root runs a program that refuses root on `data`: in a user namespace, or as the real nobody if the kernel or
 * a container forbids namespaces. If `data` exists, the way it was created decides.
 * @throws LocalError if neither way works
 */
export const unprivileged = async (data: string): Promise<Unprivileged> => {
  if (process.getuid?.() !== 0) return asIs;
  const [unshare, setpriv] = [lookUp('unshare'), lookUp('setpriv')];
  const namespace = unshare && !belongsToNobody(data) ? inNamespace(unshare) : undefined;
  if (namespace && (await works(namespace))) return namespace;
  const other = setpriv ? asNobody(setpriv) : undefined;
  if (other && (await works(other))) return other;
  throw new LocalError(
    'PostgreSQL refuses to run as root, and neither unshare nor setpriv works here. Run as an ordinary user.',
  );
};
