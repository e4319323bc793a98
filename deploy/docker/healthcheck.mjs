// Asks this container's own service; the path is /livez or /readyz. Exit code 0 when it answers 200.
const [path = '/livez'] = process.argv.slice(2);
const answered = await fetch(`http://127.0.0.1:9464${path}`, { signal: AbortSignal.timeout(4000) }).catch(
  () => undefined,
);
process.exit(answered?.ok ? 0 : 1);
