import { chownSync, existsSync, statSync } from 'node:fs';
import { lookUp, runCommand } from './command.js';
import { LocalError } from './failure.js';

export type CommandLine = readonly [command: string, args: readonly string[]];

/** A way to run a program that refuses root. */
export interface Unprivileged {
  /** To be called on what the program must read or write. */
  readonly give: (path: string) => void;
  readonly wrap: (line: CommandLine) => CommandLine;
}

const nobody = 65_534;
const nothing = (): void => undefined;

const asIs: Unprivileged = { give: nothing, wrap: (line) => line };

/** As nobody of a new user namespace, who there owns what root owns outside. */
const inNamespace = (unshare: string): Unprivileged => ({
  give: nothing,
  wrap: ([command, args]) => [unshare, ['-U', `--map-user=${nobody}`, `--map-group=${nobody}`, command, ...args]],
});

/** As the real nobody, who may still pass through root's private directories; access(2) heeds that only with the securebit. */
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
 * How to run a program that refuses root on `data`: in a user namespace, or, where the kernel or a container forbids
 * those, as the real nobody. What `data` was made with decides, once it is there.
 * @throws LocalError when root has neither way
 */
export const unprivileged = async (data: string): Promise<Unprivileged> => {
  if (process.getuid?.() !== 0) return asIs;
  const [unshare, setpriv] = [lookUp('unshare'), lookUp('setpriv')];
  const namespace = unshare && !belongsToNobody(data) ? inNamespace(unshare) : undefined;
  if (namespace && (await works(namespace))) return namespace;
  const other = setpriv ? asNobody(setpriv) : undefined;
  if (other && (await works(other))) return other;
  throw new LocalError('PostgreSQL refuses root, and neither unshare nor setpriv works here. Run as a plain user.');
};
