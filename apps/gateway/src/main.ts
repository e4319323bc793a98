import { main } from '@ankasecure/service-kit/main';

main('gateway', async () => (await import('./start.js')).start());
