// Builds the library of the kryoptic token and prints its path. npm start -- --token kryoptic and npm run test:pq do the same.
import { fileURLToPath } from 'node:url';
import { BootstrapError } from '../../local/bootstrap/command.mjs';
import { buildKryoptic } from '../../local/bootstrap/kryoptic.mjs';

try {
  process.stdout.write(`${await buildKryoptic(fileURLToPath(new URL('../../..', import.meta.url)))}\n`);
} catch (error) {
  if (!(error instanceof BootstrapError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
}
