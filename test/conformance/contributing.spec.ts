import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { contracts } from '@ankasecure/contracts';
import { describe, expect, it } from 'vitest';
import { pathsOf, readPage, sectionOf } from './contributing.js';
import { readWorkspace } from './workspace.js';

const root = fileURLToPath(new URL('../..', import.meta.url));
const page = readPage(root);

const notShipped = /\.(spec|conformance|fixture)\.ts$|\/(testing|bench|migrations)\//;
const shipped = readWorkspace(root)
  .packages.filter(({ directory }) => /^(apps|libs)\//.test(directory) && directory !== 'libs/testing')
  .flatMap(({ sources }) => sources.map(({ path }) => ({ path, text: readFileSync(join(root, path), 'utf8') })))
  .filter(({ path }) => path.endsWith('.ts') && !notShipped.test(path));

/** Shipped sources that name something. */
const naming = (name: RegExp): readonly string[] =>
  shipped.filter(({ text }) => name.test(text)).map(({ path }) => path);

const imported = /import\s+(?:type\s+)?\{([^}]*)\}\s+from '@ankasecure\/contracts'/g;

/** Shipped sources, except the contracts' own, that import one contract, or read it from all of them. */
const using = (contract: string): readonly string[] =>
  shipped
    .filter(({ path }) => !path.startsWith('libs/contracts/src/'))
    .filter(
      ({ text }) =>
        [...text.matchAll(imported)].some(([, names]) => new RegExp(`\\b${contract}\\b`).test(names as string)) ||
        new RegExp(`\\bcontracts\\.${contract}\\b`).test(text),
    )
    .map(({ path }) => path);

const isController = (path: string): boolean => path.endsWith('.controller.ts');
/** Routes carry examples too. */
const isExample = (path: string): boolean => /\.(routes|example)\.ts$/.test(path);
const isRoutes = (path: string): boolean => path.endsWith('.routes.ts');

it('names only paths that exist', () => {
  const paths = pathsOf(page);
  expect(paths.length).toBeGreaterThan(50);
  expect(paths.filter((path) => !existsSync(join(root, path)))).toEqual([]);
});

describe('the recipe "Add a route"', () => {
  it.each(Object.entries(contracts))('names every file that %s touches', (name, { owner, callers, subject }) => {
    const files = using(name);
    const controllers = files.filter((path) => isController(path) && path.startsWith(`apps/${owner}/`));
    // One controller of the owner serves it. Files in the controller's room can do the work.
    expect(controllers).toHaveLength(1);
    const room = `${(controllers[0] as string).split('/').slice(0, 4).join('/')}/`;
    // The kit's outbox appends for its service.
    const byKit = callers.length > 1 || subject.startsWith('audit.append.');
    const mayCall = [...callers.map((app) => `apps/${app}/`), ...(byKit ? ['libs/service-kit/'] : [])];
    const others = files.filter((path) => !isRoutes(path) && !path.startsWith(room));
    expect(others.filter((path) => !mayCall.some((folder) => path.startsWith(folder)))).toEqual([]);
    expect(files.filter(isRoutes).length).toBeLessThanOrEqual(1);
  });

  it('shows one of each', () => {
    const paths = pathsOf(sectionOf(page, 'Add a route'));
    expect(paths.some(isController)).toBe(true);
    expect(paths.some(isRoutes)).toBe(true);
    expect(paths).toContain('libs/contracts/src/contracts.ts');
  });
});

describe('the recipe "Add an algorithm"', () => {
  const recipe = pathsOf(sectionOf(page, 'Add an algorithm'));

  // No default uses these, so each file that names one is a file that it touches.
  it.each(['RSA-3072', 'EC-P521', 'HMAC-SHA384', 'HMAC-SHA512', 'AES-128'])(
    'names every file that %s touches',
    (name) => {
      const touched = naming(new RegExp(`'${name}'`)).filter((path) => !isExample(path));
      expect(touched.filter((path) => !recipe.includes(path))).toEqual([]);
    },
  );
});

describe('the recipe "Add an HSM profile"', () => {
  const recipe = pathsOf(sectionOf(page, 'Add an HSM profile'));

  it.each(['luna', 'nshield', 'cloudhsm', 'azure-dedicated', 'azure-cloud', 'google'])(
    'names every file that %s touches',
    (name) => {
      expect(naming(new RegExp(`'${name}'`)).filter((path) => !recipe.includes(path))).toEqual([]);
      expect(existsSync(join(root, `deploy/hsm/${name}/application.yml`))).toBe(true);
      expect(recipe).toContain('deploy/hsm/luna/application.yml');
    },
  );
});

describe('the recipe "Add a connector"', () => {
  const recipe = pathsOf(sectionOf(page, 'Add a connector'));

  it('names every file that the example touches', () => {
    const touched = naming(/'splunk'|\/splunk\//).filter((path) => !/\/(testing|delivery)\//.test(path));
    expect(touched.filter((path) => !recipe.includes(path))).toEqual([]);
  });
});
