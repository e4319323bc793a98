import { existsSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { LocalError } from './failure.js';
import { type DataDirectory, openDataDirectory } from './state.js';

let path: string;
const open: DataDirectory[] = [];

beforeEach(() => {
  path = join(mkdtempSync(join(tmpdir(), 'anka-state-')), 'data');
});

afterEach(() => {
  for (const data of open.splice(0)) data.release();
  rmSync(join(path, '..'), { recursive: true });
});

const opened = async (fresh = false): Promise<DataDirectory> => {
  const data = await openDataDirectory(path, fresh);
  open.push(data);
  return data;
};

const released = async (change: (data: DataDirectory) => Promise<void> | void = () => {}): Promise<void> => {
  const data = await opened();
  await change(data);
  data.release();
};

it('lets one process hold a directory, and names that process to the next', async () => {
  await opened();
  await expect(opened()).rejects.toThrow(`AnkaSecure already runs from ${path} (process ${process.pid})`);
  await expect(opened(true)).rejects.toThrow(LocalError);
});

it('makes the directories above it, for its owner alone', async () => {
  path = join(path, 'of', 'ours');
  await opened();
  expect(statSync(join(path, '..')).mode & 0o777).toBe(0o700);
  // Removed with the directory that each test has.
  path = join(path, '..', '..');
});

it.each([
  ['/proc/x', 'ENOENT'],
  ['/proc/x/y/z', 'ENOENT'],
  ['/proc/self/fdinfo/x', 'ENOENT'],
  ['/sys/x', 'E(PERM|ACCES|ROFS)'],
  ['/dev/null/x', 'ENOTDIR'],
  [process.execPath, 'not a directory'],
  [join(tmpdir(), 'x'.repeat(256)), 'ENAMETOOLONG'],
])('says in one sentence that %s cannot be the directory', async (impossible, why) => {
  const failure = openDataDirectory(impossible, false);
  await expect(failure).rejects.toBeInstanceOf(LocalError);
  await expect(failure).rejects.toThrow(new RegExp(`^The data directory ${impossible} cannot be used: [^\n]*${why}`));
});

it('keeps a port across runs', async () => {
  let first = 0;
  await released(async (data) => {
    first = await data.port('gateway');
    data.markComplete();
  });
  expect(await (await opened()).port('gateway')).toBe(first);
});

it('says in one sentence that another program uses a port, and what to do', async () => {
  let port = 0;
  await released(async (data) => {
    port = await data.port('gateway');
    data.markComplete();
  });
  const squatter = createServer();
  await new Promise<void>((resolve) => squatter.listen(port, '127.0.0.1', resolve));
  const data = await opened();
  await expect(data.port('gateway')).rejects.toThrow(
    `Another program uses port ${port} of 127.0.0.1, which belongs to gateway. Stop that program, or choose new ports with: rm ${path}/ports.json`,
  );
  await new Promise((resolve) => squatter.close(resolve));
});

it('starts again after an incomplete first start, and reuses a complete one', async () => {
  await released((data) => writeFileSync(join(data.path, 'half'), ''));
  await released((data) => {
    expect(data.reused).toBe(false);
    expect(existsSync(join(path, 'half'))).toBe(false);
    writeFileSync(join(path, 'whole'), '');
    data.markComplete();
  });
  const data = await opened();
  expect(data.reused).toBe(true);
  expect(existsSync(join(path, 'whole'))).toBe(true);
});

it('deletes everything with the fresh option', async () => {
  await released((data) => {
    data.subdirectory('softhsm', 'tokens');
    data.markComplete();
  });
  expect((await opened(true)).reused).toBe(false);
  expect(readdirSync(path)).not.toContain('softhsm');
});

it('touches no directory that is not its own, with or without the fresh option', async () => {
  const parent = join(path, '..');
  writeFileSync(join(parent, 'precious'), 'x');
  for (const fresh of [false, true])
    await expect(openDataDirectory(parent, fresh)).rejects.toThrow('is not a data directory of AnkaSecure');
  expect(readdirSync(parent)).toContain('precious');
});

it('suggests to start again if the directory is damaged', async () => {
  await released((data) => data.markComplete());
  writeFileSync(join(path, 'ankasecure.json'), '{"lay');
  await expect(opened()).rejects.toThrow('Start again with: npm start -- --fresh');
  expect((await opened(true)).reused).toBe(false);
});

it('hides its contents from other users', async () => {
  const data = await opened();
  expect(statSync(data.path).mode & 0o777).toBe(0o700);
  expect(statSync(data.subdirectory('softhsm')).mode & 0o777).toBe(0o700);
  expect(statSync(data.logDirectory).mode & 0o777).toBe(0o700);
});

it('keeps the logs of the previous run', async () => {
  await released((data) => {
    writeFileSync(join(data.logDirectory, 'gateway.log'), 'old');
    data.markComplete();
  });
  const data = await opened();
  expect(readdirSync(data.logDirectory)).toEqual([]);
  expect(readdirSync(`${data.logDirectory}.before`)).toEqual(['gateway.log']);
});
