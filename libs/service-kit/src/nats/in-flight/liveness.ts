/**
 * How a lost server is noticed and found again, in milliseconds. A server that is frozen closes no connection. It counts as
 * lost when it has not answered `maxPingOut` pings. An attempt to connect must not outlast the outage for long.
 */
export const serverLiveness = {
  pingInterval: 2_000,
  maxPingOut: 3,
  timeout: 3_000,
  reconnectTimeWait: 250,
  reconnectJitterTLS: 250,
};

/**
 * How a requester notices that the process with its request has died or is frozen. A process that works on a request for a
 * second says so, and again every second. A requester that hears nothing gives up after `mostSilent` seconds: longer than a
 * process stands still when its machine is moved or overloaded, and than the bus takes to drop a client that does not answer.
 * It gives up after `mostSilentBeside` seconds if a process is silent that may have the request while others would answer it.
 */
export const workLiveness = { everyMs: 1_000, mostSilent: 10, mostSilentBeside: 3 };

/**
 * The longest that a request may wait on its way, in milliseconds. Its requester may have given up after that, so a process that
 * stood still does not begin with it.
 */
export const mostWaitedMs = workLiveness.everyMs * workLiveness.mostSilentBeside;

/**
 * How a requester notices that one of several processes is frozen: it asks each every `everyMs` milliseconds, and calls it silent
 * when more than `mostUnanswered` questions in a row have no answer. When all of them have left more than `mostUnansweredByAll`
 * unanswered, requests fail at once: as long as a request waits for one that is silent. It asks for `askedFor` pulses after the
 * last request.
 */
export const memberLiveness = { everyMs: 500, mostUnanswered: 3, mostUnansweredByAll: 20, askedFor: 20 };
