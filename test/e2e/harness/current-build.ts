import { execFileSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';

const repository = fileURLToPath(new URL('../../../', import.meta.url));
const projects = ['gateway', 'policy', 'crypto-worker', 'audit'].map((name) => `apps/${name}`);

/**
 * The services under test run compiled, and a test of an old build proves nothing. tsc itself reports what is out of
 * date, by content where file times are newer.
 * @throws Error that names what must be built
 */
export default (): void => {
  const tsc = createRequire(import.meta.url).resolve('typescript/bin/tsc');
  const said = execFileSync(process.execPath, [tsc, '-b', '--dry', ...projects], { cwd: repository, encoding: 'utf8' });
  const stale = [...said.matchAll(/would build project '(?:.*\/)?((?:apps|libs|deploy)\/[^/']+)/g)].map(
    ([, name]) => name,
  );
  if (stale.length > 0)
    throw new Error(
      `The end-to-end tests run compiled services, and these are not compiled as they stand: ${stale.join(', ')}. Run: npm run build`,
    );
};
