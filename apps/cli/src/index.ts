export { manualPage } from './manual.js';
export { run } from './run.js';
export { exitCodes } from './terminal/exit-code.js';
export type { Output, Terminal } from './terminal/terminal.js';
