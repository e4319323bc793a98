import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Rig } from '../harness/rig.js';
import { sharedRig } from '../harness/shared-rig.js';
import { newTenant } from '../harness/tenant.js';
import { type Recipe, recipes } from './recipe.js';

const run = promisify(execFile);
const all = recipes();
const [first] = all as [Recipe];

/** The tenant that `npm start` creates, as the README names it. */
const itsTenant = '/tenants/demo/';
const itsAddress = 'URL=http://127.0.0.1:…';

describe('the README’s recipe', () => {
  let rig: Rig;
  let directory: string;
  beforeAll(async () => {
    rig = await sharedRig();
    directory = await mkdtemp(join(tmpdir(), 'anka-readme-'));
    await mkdir(join(directory, '.ankasecure/tokens'), { recursive: true });
  });
  afterAll(() => rm(directory, { recursive: true }));

  it('names the base URL and the expected output', () => {
    expect(all.length).toBeGreaterThanOrEqual(2);
    expect(first.commands).toContain(itsAddress);
    expect(first.commands).toContain(itsTenant);
    for (const { prints } of all) expect(prints.length).toBeGreaterThan(0);
  });

  /** Pastes the recipes into one shell. Each continues from the first. */
  const paste = async (pasted: readonly Recipe[]): Promise<void> => {
    const { id, slug } = await newTenant(rig);
    const roles = ['tenant-admin', 'application-admin', 'user', 'auditor'] as const;
    for (const name of ['admin', 'officer']) {
      const token = await rig.mint({ tenantId: id, subject: name, roles });
      await writeFile(join(directory, `.ankasecure/tokens/${name}.jwt`), token);
    }
    const commands = pasted.map((one) => one.commands).join('');
    const script = commands.replace(itsAddress, `URL=${rig.baseUrl}`).replaceAll(itsTenant, `/tenants/${slug}/`);
    const { stdout } = await run('bash', ['-euo', 'pipefail', '-c', script], { cwd: directory });
    let from = 0;
    for (const printed of pasted.flatMap(({ prints }) => prints)) {
      const at = stdout.indexOf(printed, from);
      expect(at, `${printed} in ${stdout.slice(from)}`).toBeGreaterThanOrEqual(0);
      from = at;
    }
  };

  it.each(all.map((recipe) => [recipe.title, recipe] as const))('“%s” works as pasted', (_, recipe) =>
    paste([...new Set([first, recipe])]),
  );

  it('works after all earlier recipes', () => paste(all));
});
