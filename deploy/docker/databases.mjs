// Creates the services' missing databases and roles as PostgreSQL's superuser. Passwords are in secret files named after
// the roles.
import { readFileSync } from 'node:fs';
import { databaseOf } from '../local/dist/configuration.js';
import { provisionDatabases, provisionPartitions } from '../local/dist/database.js';

const secret = (name) => readFileSync(`/run/secrets/${name}`, 'utf8').trim();
const superuser = {
  host: process.env.PGHOST ?? 'postgres',
  port: Number(process.env.PGPORT ?? 5432),
  database: 'postgres',
  user: 'postgres',
  password: secret('postgres_password'),
};

await provisionDatabases(superuser, Object.values(databaseOf), secret);
// Each further HSM partition has a role of its own, so that its workers see no other partition's tenants.
const partitions = (process.env.ANKASECURE_PARTITIONS ?? '').split(' ').filter((name) => name !== '');
await provisionPartitions(superuser, databaseOf['crypto-worker'], partitions, secret);
process.stdout.write(`the databases ${Object.values(databaseOf).join(', ')} exist\n`);
