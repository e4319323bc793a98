import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Nats } from '@ankasecure/local';

/** A subject that nobody subscribes to. */
const unused = 'nobody.listens.here';

/**
 * Takes a subject out of what every user may subscribe to, in the configuration of a running server.
 * @returns a function that puts it back
 */
export const refuseSubscription = (
  { caFile, process }: Pick<Nats, 'caFile' | 'process'>,
  subject: string,
): (() => void) => {
  const file = join(dirname(caFile), 'nats.conf');
  const before = readFileSync(file, 'utf8');
  const write = (configuration: string): void => {
    writeFileSync(file, configuration);
    process.signal('SIGHUP');
  };
  const refused = before.replaceAll(/subscribe: \{ allow: \[.*\] \}/g, (line) =>
    line.replaceAll(`"${subject}"`, `"${unused}"`),
  );
  if (refused === before) throw new Error(`nobody may subscribe to ${subject}`);
  write(refused);
  return () => write(before);
};
