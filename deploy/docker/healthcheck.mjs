// Probes the service of this container at /livez or /readyz. The exit code is 0 if it answers 200.
const [path = '/livez'] = process.argv.slice(2);
const answered = await fetch(`http://127.0.0.1:9464${path}`, { signal: AbortSignal.timeout(4000) }).catch(
  () => undefined,
);
process.exit(answered?.ok ? 0 : 1);
