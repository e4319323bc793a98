/**
 * From source, the file of a thread or a program is TypeScript. Node runs it unchanged except for the `.js` in its imports. A
 * build has no `.ts` beside it and never runs this.
 */
const sourceImports = `import { registerHooks } from 'node:module';
registerHooks({ resolve: (name, context, next) =>
  next(name.startsWith('.') && context.parentURL?.endsWith('.ts') ? name.replace(/\\.js$/, '.ts') : name, context) });`;

/** Node's arguments for a thread or a program beside the module at `url`. */
export const sourceArgv = (url: string): readonly string[] =>
  url.endsWith('.ts') ? ['--import', `data:text/javascript,${encodeURIComponent(sourceImports)}`] : [];
