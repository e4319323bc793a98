import { createSoftHsmToken, type SoftHsmToken } from './softhsm-token.js';

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
    (fields: object, message: string): void => {
      lines.push({ level, fields, message });
    };
  return { lines, info: at('info'), warn: at('warn'), error: at('error'), fatal: at('fatal') };
};

/** A private SoftHSM token for libraries that this process loads. */
export const enterSoftHsmToken = (): SoftHsmToken => {
  const token = createSoftHsmToken();
  Object.assign(process.env, token.env);
  return token;
};

/** The `hsm.pkcs11` configuration of a partition on `token`, with two lanes and thirty seconds per call. */
export const partitionOn = (token: SoftHsmToken) => ({
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
