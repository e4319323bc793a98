import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { provisionDatabases, queryOnce } from './database.js';
import { freePort } from './port.js';
import { type Postgres, startPostgres } from './postgres.js';

const directory = mkdtempSync(join(tmpdir(), 'anka-postgres-'));
const databases = ['ankadb_one', 'ankadb_two'];
let postgres: Postgres;

beforeAll(async () => {
  postgres = await startPostgres({ directory, port: await freePort(), databases });
});

afterAll(async () => {
  await postgres.stop();
  rmSync(directory, { recursive: true });
});

const one = () => postgres.login('ankadb_one', 'app');

it('lets the app role connect, and do only what is granted', async () => {
  expect(await queryOnce(one(), 'SELECT current_user AS who')).toEqual([{ who: 'ankadb_one_app' }]);
  await expect(queryOnce(one(), 'CREATE TABLE mine (id int)')).rejects.toThrow('permission denied for schema public');
  await expect(queryOnce(one(), 'CREATE TEMP TABLE mine (id int)')).rejects.toThrow('permission denied');
  await expect(queryOnce(one(), 'CREATE SCHEMA mine')).rejects.toThrow('permission denied');
});

it('gives neither role power over row-level security or other roles', async () => {
  const rights = 'rolsuper, rolbypassrls, rolcreaterole, rolcreatedb, rolreplication';
  const rows = await postgres.query('postgres', `SELECT ${rights} FROM pg_roles WHERE rolname LIKE 'ankadb%'`);
  expect(rows).toHaveLength(4);
  for (const row of rows) expect(Object.values(row)).not.toContain(true);
});

it('lets the owner create tables that the app role sees only when granted', async () => {
  const owner = postgres.login('ankadb_one', 'owner');
  await queryOnce(owner, 'CREATE TABLE thing (id int); INSERT INTO thing VALUES (1)');
  await expect(queryOnce(one(), 'SELECT * FROM thing')).rejects.toThrow('permission denied for table thing');
  await queryOnce(owner, 'GRANT SELECT ON thing TO ankadb_one_app');
  expect(await queryOnce(one(), 'SELECT * FROM thing')).toEqual([{ id: 1 }]);
});

it("keeps every role out of another service's database, and out of PostgreSQL's own", async () => {
  for (const role of ['app', 'owner'] as const)
    for (const database of ['ankadb_two', 'postgres', 'template1'])
      await expect(queryOnce({ ...postgres.login('ankadb_one', role), database }, 'SELECT 1')).rejects.toThrow(
        'permission denied for database',
      );
});

it('closes a database that an interrupted run created and left open', async () => {
  const superuser = postgres.login('postgres', 'superuser');
  const passwordOf = (role: string): string => `${role}-password`;
  await queryOnce(superuser, 'CREATE DATABASE ankadb_three');
  const two = { ...postgres.login('ankadb_two', 'app'), database: 'ankadb_three' };
  expect(await queryOnce(two, 'SELECT 1 AS open')).toEqual([{ open: 1 }]);
  for (let time = 0; time < 2; time++) await provisionDatabases(superuser, ['ankadb_three'], passwordOf);
  await expect(queryOnce(two, 'SELECT 1')).rejects.toThrow('permission denied for database');
  const app = { ...two, user: 'ankadb_three_app', password: 'ankadb_three_app-password' };
  expect(await queryOnce(app, 'SELECT 1 AS open')).toEqual([{ open: 1 }]);
});

it('refuses a wrong password', async () => {
  await expect(queryOnce({ ...one(), password: 'guess' }, 'SELECT 1')).rejects.toThrow(
    'password authentication failed',
  );
});

it('commits to disk, and keeps data and passwords after a kill', async () => {
  expect(await postgres.query('postgres', 'SHOW fsync')).toEqual([{ fsync: 'on' }]);
  await queryOnce(postgres.login('ankadb_one', 'owner'), 'CREATE TABLE kept AS SELECT 42 AS answer');
  const before = one();
  postgres.process.signal('SIGKILL');
  await postgres.process.exited;
  postgres = await startPostgres({ directory, port: await freePort(), databases });
  expect(one().password).toBe(before.password);
  expect(await postgres.query('ankadb_one', 'SELECT answer FROM kept')).toEqual([{ answer: 42 }]);
});
