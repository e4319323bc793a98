/** The variables with addresses of the OTLP exporters, and with their protocols. */
const signals = ['', '_TRACES', '_METRICS', '_LOGS'];

const isHttp = (address: string): boolean =>
  URL.canParse(address) && ['http:', 'https:'].includes(new URL(address).protocol);

/**
 * Says which address the OpenTelemetry SDK cannot export to. It reports nothing itself, and the traces are lost. Over gRPC, an
 * address can also be a host and a port.
 * @returns the sentence, without the address, which can hold a secret; undefined if there is no fault
 */
export const exporterFault = (env: NodeJS.ProcessEnv): string | undefined => {
  for (const signal of signals) {
    const name = `OTEL_EXPORTER_OTLP${signal}_ENDPOINT`;
    const address = env[name] ?? '';
    const protocol = env[`OTEL_EXPORTER_OTLP${signal}_PROTOCOL`] || env['OTEL_EXPORTER_OTLP_PROTOCOL'];
    const isHostAndPort = protocol === 'grpc' && !address.includes('://');
    if (address !== '' && !isHostAndPort && !isHttp(address)) return `${name} must be an http or https URL`;
  }
  return undefined;
};

/** Ends the process as a wrong configuration does, with one sentence, if the exporters have an address without a use. */
export const endIfFaulty = async (env: NodeJS.ProcessEnv): Promise<void> => {
  const fault = exporterFault(env);
  if (fault === undefined) return;
  const { exitCodes } = await import('../start/exit-code.js');
  const { ownService } = await import('./own-service.js');
  const name = ownService(process.argv[1])['service.name'] ?? 'the service';
  process.stderr.write(`${name} cannot start: configuration: ${fault}\n`);
  process.exit(exitCodes.configuration.code);
};
