import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { installedProject, nodes, pack } from './packed.js';

const run = promisify(execFile);

let directory: string;
let project: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'anka-pack-cli-'));
  const workspaces = ['libs/sdk', 'apps/cli'];
  const packed: [string, string][] = [];
  for (const workspace of workspaces) packed.push([workspace, await pack(workspace, directory)]);
  project = await installedProject(Object.fromEntries(packed), directory);
});
afterAll(async () => {
  for (const each of [directory, project]) await rm(each, { recursive: true });
});

it('npx ankasecure runs from the packed tarballs, on every Node that it names', async () => {
  const env = { HOME: directory, NO_COLOR: '1' };
  for (const node of await nodes()) {
    const path = `${dirname(node)}:/usr/bin:/bin`;
    const { stdout } = await run('npx', ['--no-install', 'ankasecure', '--version'], {
      cwd: project,
      env: { ...env, PATH: path },
    });
    expect(stdout, node).toBe('0.1.0\n');
    const refused = await run('npx', ['--no-install', 'ankasecure', 'key', 'list'], {
      cwd: project,
      env: { ...env, PATH: path },
    }).catch((failed: { code: number; stderr: string }) => failed);
    expect(refused).toMatchObject({ code: 3, stderr: expect.stringContaining('You are not logged in.') as string });
  }
});
