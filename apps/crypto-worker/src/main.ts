import { main } from '@ankasecure/service-kit/main';

main('crypto-worker', async () => (await import('./start.js')).start());
