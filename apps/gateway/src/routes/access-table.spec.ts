import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { roles } from '../auth/role.js';
import type { Route } from '../route/route.js';
import { routes } from './routes.js';

const golden = fileURLToPath(new URL('../../access.golden.md', import.meta.url));

const row = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
const cellsOf = ({ method, path, roles: allowed, right, public: open }: Route): readonly string[] => [
  `\`${method} ${path}\``,
  ...roles.map((role) => (open || allowed.includes(role) ? 'yes' : '')),
  right === undefined
    ? ''
    : [right]
        .flat()
        .map((name) => `\`${name}\``)
        .join(' '),
];

const table = `# Who may call what

The table shows which role may call which route. \`access.spec.ts\` tests every cell at the gateway. The last column is the right on the key, or the rights on the keys, that a principal with only the role \`user\` also needs. The worker that owns the key checks that right, and \`right.spec.ts\` of the end-to-end tests tests each one. The right \`manage\` does not include the uses of a key: a grantee with \`manage\` can grant rights to others, but not to itself or to its own groups.

${row(['Route', ...roles, 'right on the key'])}
${row(['---', ...roles.map(() => '---'), '---'])}
${routes.map((route) => row(cellsOf(route))).join('\n')}
`;

/** A change of rights shows in a golden file, where a reviewer sees it. */
it('the table of roles and routes matches the golden file (UPDATE_GOLDEN=1 updates it)', () => {
  if (process.env['UPDATE_GOLDEN'] === '1') writeFileSync(golden, table);
  expect(readFileSync(golden, 'utf8')).toBe(table);
});

it('every route has a role, and names no role twice', () => {
  for (const { operationId, roles: allowed, public: open } of routes) {
    expect(allowed.length > 0, operationId).toBe(open === undefined);
    expect(new Set(allowed).size, operationId).toBe(allowed.length);
  }
});

it('every route about one key names the right on the key that it needs', () => {
  const crypto = [
    'encrypt',
    'decrypt',
    'sign',
    'verify',
    'encapsulate',
    'decapsulate',
    'reencrypt',
    'resign',
    'datakey',
    'wrap',
    'unwrap',
  ];
  for (const { operationId, path, right } of routes)
    expect(right !== undefined, operationId).toBe(/^\/(keys|aliases)\/\{/.test(path) || crypto.includes(operationId));
});
