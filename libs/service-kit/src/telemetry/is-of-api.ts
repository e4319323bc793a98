/** Whether a request is for the public API, perhaps below a base path. Health checks and metric scrapes are not. */
export const isOfApi = (url = ''): boolean => /^[^?]*\/api\//.test(url);
