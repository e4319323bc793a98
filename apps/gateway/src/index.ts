export * from './auth/role.js';
export * from './gateway.config.js';
export * from './route/route.js';
export * from './routes/routes.js';
