import { spawn } from 'node:child_process';
import { basename, join } from 'node:path';
import { repository } from '@ankasecure/local';
import { exitCodes } from '@ankasecure/service-kit';
import { describe, expect, it } from 'vitest';
import { endingOf } from './copied-process.js';

/** Sends SIGHUP to the process whenever it loads a module, from the handler on. At the end it prints what was loaded before. */
const hangUpAtEveryLoad = `
import { registerHooks } from 'node:module';
const early = [];
registerHooks({
  load(url, context, next) {
    if (process.listenerCount('SIGHUP') > 0) process.kill(process.pid, 'SIGHUP');
    else if (url.startsWith('file:')) early.push(url);
    return next(url, context);
  },
});
process.on('exit', () => process.stdout.write(JSON.stringify(early)));
`;
const preload = `data:text/javascript,${encodeURIComponent(hangUpAtEveryLoad)}`;

const starts = [
  { how: 'alone', flags: [], before: ['main.js', 'hang-up.js'] },
  { how: 'with traces', flags: ['--import', '@ankasecure/service-kit/otel'], before: ['otel.js', 'hang-up.js'] },
];
const rows = ['gateway', 'policy', 'audit', 'crypto-worker'].flatMap((service) =>
  ['main.js', 'migrate.js'].flatMap((program) => starts.map((start) => ({ service, program, ...start }))),
);

describe('SIGHUP while a process loads', () => {
  it.each(rows)('ends no $program of $service, started $how', async ({ service, program, flags, before }) => {
    const entry = join(repository, 'apps', service, 'dist', program);
    const child = spawn(process.execPath, ['--import', preload, ...flags, entry], {
      cwd: repository,
      env: {
        PATH: process.env['PATH'],
        NODE_COMPILE_CACHE: join(repository, 'node_modules/.cache/ankasecure/compiled'),
        ANKASECURE_CONFIG: '/nowhere.yml',
        OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:9',
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const { code, stdout, stderr } = await endingOf(child);
    expect(stderr).toMatch(/^[a-z-]+ (migration )?cannot start: configuration: the file [^\n]+\n$/);
    expect(code).toBe(exitCodes.configuration.code);
    const early = (JSON.parse(stdout) as string[]).map((url) => basename(url));
    const entries = program === 'main.js' || flags.length > 0 ? [] : ['migrate.js'];
    expect(early.filter((name) => ![...before, ...entries].includes(name))).toEqual([]);
    expect(early).toContain('hang-up.js');
  });
});
