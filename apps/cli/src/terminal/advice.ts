import { AnkaSecureError, PolicyError } from '@ankasecure/sdk';
import { CliError } from './cli-error.js';
import { shown } from './shown.js';
import { bold, hasColour, red, type Terminal } from './terminal.js';

/** What helps, by the code of the error. */
const byCode: Readonly<Record<string, string>> = {
  'authentication-required': 'Log in again: ankasecure login',
  'credential-refused': 'Check that the service account exists and has this key: ankasecure service-account list',
  'connection-failed': 'Check the URL of the profile (ankasecure profile list) and that the gateway runs.',
  'answer-unreadable': 'Check the URL of the profile (ankasecure profile list).',
  'timed-out': 'Try again, with more time: --timeout 120',
  'access-denied': 'Ask an administrator of the tenant for the role that the message names.',
  'key-access-denied': 'Ask an administrator for a grant on the key: ankasecure api putGrants',
  'policy-refused': 'Read the policy: ankasecure policy show',
  'key-not-found': 'List the keys: ankasecure key list',
  'alias-not-found': 'List the aliases: ankasecure alias list',
  'key-state': 'Look at the state of the key: ankasecure key show',
  'approval-denied': 'Another person must decide: ankasecure approval list',
  'precondition-failed': 'Read the present state and try again.',
  'decryption-failed': 'Check that the file is complete, and that --aad is what it was encrypted with.',
  'quota-exceeded': 'Wait a moment and try again.',
};

const byRetry = 'Try again in a moment.';

/** The lines that tell of an error: what is wrong, why, and what to do. */
const linesOf = (error: unknown): readonly [message: string, ...more: string[]] => {
  if (error instanceof CliError) return error.hint === undefined ? [error.message] : [error.message, error.hint];
  if (!(error instanceof AnkaSecureError)) return [error instanceof Error ? error.message : String(error)];
  const advice = byCode[error.code] ?? (error.retryable ? byRetry : undefined);
  const reasons = error instanceof PolicyError ? error.reasons.map(({ rule, detail }) => `${rule}: ${detail}`) : [];
  const { correlationId } = error;
  return [
    `${error.code}: ${error.detail}`,
    ...reasons,
    ...(advice === undefined ? [] : [advice]),
    ...(correlationId === undefined ? [] : [`Correlation id: ${correlationId}`]),
  ];
};

/** Tells of an error on standard error. Its texts may be other people's. */
export const tell = (terminal: Terminal, error: unknown): void => {
  const isShown = hasColour(terminal, terminal.stderr);
  const [message, ...more] = linesOf(error).map(shown) as [string, ...string[]];
  const text = [`${bold('ankasecure', isShown)}: ${red(message, isShown)}`, ...more.map((line) => `  ${line}`)];
  terminal.stderr.write(`${text.join('\n')}\n`);
};
