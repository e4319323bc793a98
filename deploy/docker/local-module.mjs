import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { findNode } from '../local/bootstrap/modules.mjs';

/** Ends this program with one sentence for the user. */
export const fail = (error) => {
  process.stderr.write(`${error instanceof Error ? error.message : error}\n`);
  process.exit(1);
};

/** A compiled module of deploy/local, which creates the same things for `npm start`. */
export const localModule = async (name) => {
  try {
    return await import(new URL(`../local/dist/${name}.js`, import.meta.url).href);
  } catch (error) {
    if (error?.code !== 'ERR_MODULE_NOT_FOUND') throw error;
    return fail('This clone is not built. Build it with: npm ci && npx tsc -b deploy/local');
  }
};

/** Hands over to the Node that AnkaSecure runs on: an older one cannot load the compiled modules. */
const handOver = () => {
  const node = findNode(fileURLToPath(new URL('../..', import.meta.url)));
  if (node === process.execPath) return;
  process.exit(spawnSync(node, process.argv.slice(1), { stdio: 'inherit' }).status ?? 1);
};
if (Number.parseInt(process.versions.node, 10) < 24)
  try {
    handOver();
  } catch (error) {
    fail(error);
  }
