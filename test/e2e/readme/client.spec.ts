import { execFile } from 'node:child_process';
import { copyFile, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { repository } from '@ankasecure/local';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ankasecure } from '../cli/command.js';
import type { Rig } from '../harness/rig.js';
import { sharedRig } from '../harness/shared-rig.js';
import { newTenant } from '../harness/tenant.js';

const run = promisify(execFile);
const roles = ['tenant-admin', 'application-admin', 'user', 'auditor'] as const;
/** The README's section with this title, and its one block in this language. */
const blockOf = (readme: string, title: string, language: string): string => {
  const section = readme.split(/^## /m).find((each) => each.startsWith(`${title}\n`)) ?? '';
  return new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\`$`, 'm').exec(section)?.[1] ?? '';
};

describe('the README, of the command line and the SDK', () => {
  let rig: Rig;
  let slug: string;
  let directory: string;
  let readme: string;
  let env: Record<string, string>;
  beforeAll(async () => {
    rig = await sharedRig();
    const tenant = await newTenant(rig);
    ({ slug } = tenant);
    directory = await mkdtemp(join(tmpdir(), 'anka-readme-client-'));
    readme = await readFile(join(repository, 'README.md'), 'utf8');
    await copyFile(join(repository, 'README.md'), join(directory, 'README.md'));
    await writeFile(join(directory, 'package.json'), '{"type": "module"}');
    await symlink(join(repository, 'node_modules'), join(directory, 'node_modules'));
    await writeFile(join(directory, 'admin.jwt'), await rig.mint({ tenantId: tenant.id, subject: 'admin', roles }));
    env = { ANKASECURE_CONFIG: join(directory, 'profiles.json') };
    const options = { cwd: directory, env };
    await ankasecure(['login', rig.baseUrl, '--token-file', 'admin.jwt'], options);
    await ankasecure(['key', 'create', 'demo', '--alias', 'demo'], options);
  });
  afterAll(() => rm(directory, { recursive: true }));

  it('is right about the commands', async () => {
    const commands = blockOf(readme, 'On the command line', 'sh');
    const promised = [...commands.matchAll(/# → (.+)$/gm)].map(([, printed = '']) => printed);
    expect(promised).toHaveLength(3);
    const { stdout } = await run('bash', ['-euo', 'pipefail', '-c', commands], {
      cwd: directory,
      env: { ...process.env, ...env },
      maxBuffer: 1e7,
    });
    for (const printed of promised) expect(stdout).toContain(printed);
    expect(stdout).toContain(readme);
  });

  it('is right about the program', async () => {
    const options = { cwd: directory, env };
    const [, create = ''] = /`npx --no-install ankasecure (service-account create [^`]*)`/.exec(readme) ?? [];
    expect(await ankasecure(create.split(' '), options)).toMatchObject({ code: 0 });
    const program = blockOf(readme, 'In a program', 'ts')
      .replace('https://anka.example.com', rig.baseUrl)
      .replace("tenant: 'acme'", `tenant: '${slug}'`);
    await writeFile(join(directory, 'program.ts'), `${program}\nconsole.log(JSON.stringify({ plaintext, valid }));\n`);
    const { stdout } = await run(process.execPath, ['program.ts'], { cwd: directory });
    expect(JSON.parse(stdout)).toEqual({ plaintext: 'hello', valid: true });
  });
});
