import { existsSync } from 'node:fs';
import { BootstrapError, isInstalled, run } from './command.mjs';
import { step } from './progress.mjs';

export const isRoot = process.getuid?.() === 0;

/** The commands that the stack needs, each with its Debian package. */
const always = [
  { command: 'softhsm2-util', debian: 'softhsm2' },
  { command: 'nats-server', debian: 'nats-server' },
  { command: 'openssl', debian: 'openssl' },
  ...(isRoot ? [{ command: 'unshare', debian: 'util-linux' }] : []),
];
/** pkcs11js is compiled by node-gyp. */
const compiling = [
  { command: 'make', debian: 'make' },
  { command: 'g++', debian: 'g++' },
  { command: 'python3', debian: 'python3' },
];

export const checkPlatform = () => {
  if (process.platform !== 'linux' || !['x64', 'arm64'].includes(process.arch))
    throw new BootstrapError(
      `AnkaSecure needs Linux on x64 or arm64. This machine is ${process.platform} on ${process.arch}.`,
    );
  const major = Number(process.versions.node.split('.')[0]);
  if (major < 20) throw new BootstrapError(`AnkaSecure needs Node 20 or newer to start. This is ${process.version}.`);
};

/** Installs Debian packages, as root. */
export const install = async (packages) => {
  const env = { DEBIAN_FRONTEND: 'noninteractive' };
  const failure = `apt-get could not install ${packages.join(' ')}`;
  await run('apt-get', ['update', '-q'], { failure: 'apt-get update failed', env });
  await run('apt-get', ['install', '-y', '-q', '--no-install-recommends', ...packages], { failure, env });
  // Debian starts its nats-server on port 4222 without authentication. The stack runs a private one.
  const systemd = existsSync('/run/systemd/system');
  if (systemd && packages.includes('nats-server'))
    await run('systemctl', ['disable', '--now', 'nats-server'], {
      failure: 'cannot stop the nats-server unit of Debian',
    });
};

/**
 * Makes sure that the system's commands exist. Root on Debian installs missing ones; other users get the command to run.
 * @param {{ withStack: boolean, withCompiler: boolean }} need whether a stack is about to run, and npm packages to be compiled
 */
export const prepareSystem = async ({ withStack, withCompiler }) => {
  const needed = [...(withStack ? always : []), ...(withCompiler ? compiling : [])];
  const missing = needed.filter(({ command }) => !isInstalled(command)).map(({ debian }) => debian);
  if (missing.length === 0) return;
  if (!isRoot || !isInstalled('apt-get'))
    throw new BootstrapError(
      `Missing: ${missing.join(', ')}. Install with: sudo apt-get install -y ${missing.join(' ')}`,
    );
  await step(`Debian packages ${missing.join(' ')}`, () => install(missing));
};
