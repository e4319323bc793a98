import { createPkcs11Shim, type Pkcs11Shim } from '../fault/pkcs11-shim.js';
import { createKryopticToken } from './kryoptic-token.js';
import { createSoftHsmToken, type SoftHsmToken } from './softhsm-token.js';
import type { TestToken } from './test-token.js';

export interface LogLine {
  readonly level: 'info' | 'warn' | 'error' | 'fatal';
  readonly fields: object;
  readonly message: string;
}

/** A logger that keeps its lines. */
export const listeningLogger = () => {
  const lines: LogLine[] = [];
  const at =
    (level: LogLine['level']) =>
    (...said: readonly [fields: object, message: string] | readonly [message: string]): void => {
      const [fields, message] = said.length === 1 ? [{}, said[0]] : said;
      lines.push({ level, fields, message });
    };
  return { lines, info: at('info'), warn: at('warn'), error: at('error'), fatal: at('fatal') };
};

const entered = <Token extends TestToken>(token: Token): Token => {
  Object.assign(process.env, token.env);
  return token;
};

/** A private SoftHSM token for libraries that this process loads. */
export const enterSoftHsmToken = (): SoftHsmToken => entered(createSoftHsmToken());

/** A private token with PKCS#11 3.2 for libraries that this process loads. */
export const enterKryopticToken = (): TestToken => entered(createKryopticToken());

/** The token of specs that run on every token: kryoptic in `npm run test:pq`, otherwise SoftHSM. */
export const testToken = (): TestToken['name'] =>
  process.env['ANKASECURE_TOKEN'] === 'kryoptic' ? 'kryoptic' : 'softhsm';

const enter = { softhsm: enterSoftHsmToken, kryoptic: enterKryopticToken } as const;

/** A private `testToken` for libraries that this process loads. */
export const enterToken = (): TestToken => enter[testToken()]();

/** A token of this process behind a shim, which is the library to load. `remove` removes both. */
export const behindShim = <Token extends TestToken>(
  token: Token,
): { readonly token: Token; readonly shim: Pkcs11Shim; readonly remove: () => void } => {
  const shim = createPkcs11Shim(token.libraryPath);
  Object.assign(process.env, shim.env);
  const remove = (): void => {
    shim.remove();
    token.remove();
  };
  return { token, shim, remove };
};

/** The `hsm.pkcs11` configuration of a partition on `token`, with two lanes and thirty seconds per call. */
export const partitionOn = (token: TestToken) => ({
  partition: 'default',
  libraryPath: token.libraryPath,
  slotIndex: 0,
  tokenLabel: token.tokenLabel,
  tokenSerial: token.serial,
  pin: token.pin,
  sessionPoolSize: 2,
  sessionTimeoutSeconds: 30,
  kekLabelPrefix: 'ankasecure:kek:tenant',
});
