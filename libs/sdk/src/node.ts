export { type KeyFile, keyFile, readKeyFile } from './node/key-file.js';
export { type MutualTlsOptions, mutualTlsFetch } from './node/mutual-tls.js';
