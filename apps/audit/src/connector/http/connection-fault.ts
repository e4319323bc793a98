/** A request without a whole answer. `pause`: it cannot succeed before the settings of either side change. */
export class NoAnswer extends Error {
  constructor(
    readonly result: 'retry' | 'pause',
    message: string,
  ) {
    super(message);
  }
}

/** The faults of a connection that no repetition mends: one side does not believe the other's certificate. */
const untrusted =
  /^(CERT_|ERR_TLS_CERT|ERR_SSL_.*(ALERT|CERTIFICATE|WRONG_VERSION|UNSUPPORTED_PROTOCOL|NO_SHARED|HANDSHAKE)|UNABLE_TO_|SELF_SIGNED|DEPTH_ZERO|ERR_OSSL_|HOSTNAME_MISMATCH|INVALID_CA|ERR_CERT)/;

/** The outcome of a request that got no answer, by node's code of the error. Anything but a matter of trust may pass by itself. */
export const faultOfConnection = ({ code, message }: NodeJS.ErrnoException): NoAnswer =>
  code !== undefined && untrusted.test(code)
    ? new NoAnswer('pause', `The TLS connection was refused: ${code}`)
    : new NoAnswer('retry', `The receiver cannot be reached: ${code ?? message}`);
