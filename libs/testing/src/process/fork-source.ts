import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

const sourceImports = `import { registerHooks } from 'node:module';
registerHooks({ resolve: (name, context, next) =>
  next(name.startsWith('.') && context.parentURL?.endsWith('.ts') ? name.replace(/\\.js$/, '.ts') : name, context) });`;

/** Runs a TypeScript source in a process of its own, without a build. It and what it imports have no decorators. */
export const forkSource = (url: URL): ChildProcess =>
  fork(fileURLToPath(url), {
    execArgv: [
      '--experimental-transform-types',
      '--disable-warning=ExperimentalWarning',
      '--conditions=source',
      '--import',
      `data:text/javascript,${encodeURIComponent(sourceImports)}`,
    ],
  });

/** Sends a message to a forked process. @returns its next message */
export const tellProcess = async (process: ChildProcess, message: object): Promise<unknown> => {
  const answered = once(process, 'message');
  process.send(message);
  return ((await answered) as [unknown])[0];
};
