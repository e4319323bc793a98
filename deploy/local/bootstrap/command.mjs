import { spawn } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

/** An error with one sentence for the user. */
export class BootstrapError extends Error {}

/** Debian installs servers in sbin, which is not on an ordinary user's PATH. */
const path = [process.env.PATH, '/usr/local/sbin', '/usr/sbin', '/sbin'].filter(Boolean).join(delimiter);

/** @param {string} name */
export const isInstalled = (name) =>
  path.split(delimiter).some((directory) => {
    try {
      accessSync(join(directory, name), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });

/**
 * Runs a command to its end, without input and without showing its output.
 * @param {string} failure the message if it fails; a colon and the command's last lines follow it
 * @param {(text: string) => void} [onOutput] receives what the command says while it runs
 * @param {(line: string) => boolean} [tells] whether a line tells of a failure. Default: every line
 */
export const run = (command, args, { failure, cwd, env = {}, onOutput, tells = () => true }) =>
  new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd, env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    const keep = (chunk) => {
      output = (output + chunk).slice(-20_000);
      onOutput?.(String(chunk));
    };
    child.stdout.on('data', keep);
    child.stderr.on('data', keep);
    child.once('error', (error) => reject(new BootstrapError(`${failure}: ${error.message}`)));
    child.once('close', (code) => {
      if (code === 0) return resolve(output);
      const end = output.trimEnd().split('\n').filter(tells).slice(-25);
      reject(new BootstrapError(`${failure}:\n${end.map((text) => `    ${text}`).join('\n')}`));
    });
  });
