/**
 * SIGHUP asks a service to read its files again (`WatchedFiles`), and ends a process that has no handler. This module imports
 * nothing, and an entry point loads it before anything else.
 */
process.on('SIGHUP', () => undefined);
