import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { functions } from './backup-recipe.js';

const run = promisify(execFile);

/** Answers in place of the API: two pages of tenants, and a failure for `b`. */
const anka = `anka() {
  case "$1 $2" in
    'GET /tenants?limit=200') echo '{"items":[{"id":"a","name":"A"},{"id":"b","name":"\\"next\\":\\"x\\""}],"next":"Mg_-"}' ;;
    'GET /tenants?limit=200&cursor=Mg_-') echo '{"items":[{"id":"c","name":"C"}],"next":null}' ;;
    'POST /tenants/b/restore') echo refused; return 22 ;;
    POST*) echo "done $2" ;;
    *) return 22 ;;
  esac
}`;

it('restores the tenants of all pages, goes on after a failure, and names it at the end', async () => {
  const failure = await run('bash', ['-c', `${functions}\n${anka}\nrestore_tenants`]).then(
    () => expect.unreachable(),
    (error: { code: number; stdout: string; stderr: string }) => error,
  );
  const { code, stdout, stderr } = failure;
  expect({ code, stderr }).toEqual({ code: 1, stderr: 'not restored: b\n' });
  expect(stdout.split('\n').filter((line) => line !== '')).toEqual([
    'done /tenants/a/restore',
    'refused',
    'done /tenants/c/restore',
  ]);
});

it('fails if the tenants cannot be listed', async () => {
  const listing = run('bash', ['-c', `${functions}\nanka() { return 22; }\nrestore_tenants`]);
  await expect(listing).rejects.toMatchObject({ code: 1, stdout: '' });
});
