import { run } from './run.js';

const { env, stdin, stdout, stderr } = process;

// A reader that has seen enough, such as head, is no failure.
stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit(0);
});

process.exitCode = await run(process.argv.slice(2), { env, stdin, stdout, stderr });
