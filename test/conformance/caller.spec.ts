import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Contract, contracts, type Service } from '@ankasecure/contracts';
import { expect, it } from 'vitest';
import { readWorkspace } from './workspace.js';

const root = fileURLToPath(new URL('../..', import.meta.url));
const { packages } = readWorkspace(root);
const aside = /\.(spec|conformance)\.ts$|\/testing\//;
const clause = /^import \{([^}]*)\} from '@ankasecure\/contracts';$/gm;

/** The contracts that a package's own code imports as values, to call or to serve them. */
const takenBy = (directory: string): readonly string[] =>
  packages
    .filter((row) => row.directory === directory)
    .flatMap(({ sources }) => sources.filter(({ path }) => path.endsWith('.ts') && !aside.test(path)))
    .flatMap(({ path }) => [...readFileSync(join(root, path), 'utf8').matchAll(clause)])
    .flatMap(([, names = '']) => names.split(',').map((name) => name.trim()))
    .filter((name) => !name.startsWith('type '));

/** Every service has an outbox, which calls the audit service. */
const outbox = takenBy('libs/service-kit');
const asksFor = (service: Service): readonly string[] => [...takenBy(`apps/${service}`), ...outbox];

const rows = Object.entries<Contract>(contracts).flatMap(([name, { callers }]) =>
  callers.map((caller) => [caller, name] as const),
);

// A caller may publish the subject on the bus. No caller should have a right that it does not use.
it.each(rows)('%s, which may call %s, does', (caller, name) => {
  expect(asksFor(caller)).toContain(name);
});

it('would fail if a service could call a contract that it does not use', () => {
  expect(asksFor('audit')).toContain('getTenant');
  expect(asksFor('audit')).not.toContain('putGrants');
});
