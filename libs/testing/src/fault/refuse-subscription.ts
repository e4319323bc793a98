import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Nats } from '@ankasecure/local';

/** A subject that nobody subscribes to. */
const unused = 'nobody.listens.here';

/**
 * Takes subjects out of what every user may subscribe to, in the configuration of a running server.
 * @returns a function that puts them back
 */
export const refuseSubscription = (
  { caFile, process }: Pick<Nats, 'caFile' | 'process'>,
  ...subjects: readonly string[]
): (() => void) => {
  const file = join(dirname(caFile), 'nats.conf');
  const before = readFileSync(file, 'utf8');
  const write = (configuration: string): void => {
    writeFileSync(file, configuration);
    process.signal('SIGHUP');
  };
  const without = (line: string): string =>
    subjects.reduce((text, subject) => text.replaceAll(`"${subject}"`, `"${unused}"`), line);
  const refused = before.replaceAll(/subscribe: \{ allow: \[.*\] \}/g, without);
  if (refused === before) throw new Error(`nobody may subscribe to ${subjects.join(', ')}`);
  write(refused);
  return () => write(before);
};
