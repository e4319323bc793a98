// Creates the services' missing databases and roles as PostgreSQL's superuser. Passwords are in secret files named after
// the roles.
import { readFileSync } from 'node:fs';
import { databaseOf } from '../local/dist/configuration.js';
import { provisionDatabases } from '../local/dist/database.js';

const secret = (name) => readFileSync(`/run/secrets/${name}`, 'utf8').trim();
const superuser = {
  host: process.env.PGHOST ?? 'postgres',
  port: Number(process.env.PGPORT ?? 5432),
  database: 'postgres',
  user: 'postgres',
  password: secret('postgres_password'),
};

await provisionDatabases(superuser, Object.values(databaseOf), secret);
process.stdout.write(`the databases ${Object.values(databaseOf).join(', ')} exist\n`);
